package dev.workpool.internal.stream;

import static dev.workpool.internal.slice.Slices.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.settings.StreamOptions;
import org.junit.jupiter.api.Test;

class UnkeyedJobsTest {
    private final StreamHarness.Stream stream =
            new StreamHarness.Stream(StreamOptions.<Integer>asCompleted().withWindow(16), new RequestQueue<>());
    private final StreamLedger<Integer, String> ledger = new StreamLedger<>(stream, Runnable::run);
    private final UnkeyedJobs<Integer, String> unkeyed =
            new UnkeyedJobs<>(Slices.batch(1), stream.streamBuffer(), ledger);

    private void offer(int from, int to) {
        for (int job = from; job < to; job++) {
            assertThat(stream.offer(job)).isTrue();
        }
    }

    @Test
    void jobsAreGrantedInTheOrderInWhichTheyCameAsFarAsTheyAreAccepted() {
        offer(0, 6);
        assertThat(unkeyed.ready()).isZero();
        unkeyed.accept(3, PoolGauges.NOTHING);
        unkeyed.accept(2, PoolGauges.NOTHING);
        assertThat(unkeyed.ready()).isEqualTo(5);
        assertThat(jobs(unkeyed.take(2))).containsExactly("1:0", "1:1");
        assertThat(jobs(unkeyed.take(2))).containsExactly("1:2", "1:3");
        assertThat(unkeyed.ready()).isEqualTo(1);
        Slice<String> last = unkeyed.take(9);
        assertThat(jobs(last))
                .as("the sixth is not accepted, a segment has four")
                .containsExactly("1:4");
        assertThat(last.first()).isEqualTo(4);
        assertThat(unkeyed.ready()).isZero();
    }

    @Test
    void aSliceEndsWithItsSegment() {
        offer(0, 6);
        unkeyed.accept(6, PoolGauges.NOTHING);
        assertThat(jobs(unkeyed.take(6))).containsExactly("1:0", "1:1", "1:2", "1:3");
        assertThat(jobs(unkeyed.take(6))).containsExactly("1:4", "1:5");
    }

    @Test
    void theLedgerKnowsWhatIsGranted() {
        offer(0, 6);
        unkeyed.accept(6, PoolGauges.NOTHING);
        assertThat(ledger.isOpen(0)).isFalse();
        unkeyed.take(1);
        assertThat(ledger.isOpen(0)).isTrue();
        assertThat(ledger.isOpen(4)).isFalse();
        unkeyed.take(3);
        unkeyed.take(1);
        assertThat(ledger.isOpen(4)).isTrue();
    }
}
