package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.stream.StreamHarness;
import dev.workpool.settings.StreamOptions;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream that never ends, whose jobs are cancelled all the time. */
class CancelledJobsTest {
    private static final int JOBS = 20_000;

    static Stream<StreamOptions<Integer>> options() {
        return Stream.of(StreamOptions.asCompleted(), StreamOptions.ordered(), StreamOptions.keyed(job -> job % 7));
    }

    @ParameterizedTest
    @MethodSource("options")
    void thoseThatHaveTheirOutcomeAreForgotten(StreamOptions<Integer> options) {
        StreamHarness harness = new StreamHarness(options);
        harness.backlog.streams().worth(1);
        OpenBatch<Integer, String> stream = harness.backlog.find(harness.stream);
        CancelledJobs cancelled = new CancelledJobs();
        int most = 0;
        for (int job = 0; job < JOBS; job++) {
            harness.offer(job);
            assertThat(harness.grant(1)).containsExactly(job);
            long index = stream.indexToCancel(job);
            assertThat(index).isEqualTo(job);
            assertThat(stream.hasOutcome(index)).isFalse();
            cancelled.add(stream, index);
            harness.succeed(job);
            most = Math.max(most, cancelled.size(stream.id()));
        }
        assertThat(most).isLessThanOrEqualTo(4_000);
    }

    @ParameterizedTest
    @MethodSource("options")
    void whatHasItsOutcomeIsNobodysToCancel(StreamOptions<Integer> options) {
        StreamHarness harness = new StreamHarness(options);
        harness.backlog.streams().worth(1);
        OpenBatch<Integer, String> stream = harness.backlog.find(harness.stream);
        harness.offer(0, 1, 7);
        harness.succeedAll(harness.grant(3));
        for (int place = 0; place < 2; place++) {
            long index = stream.indexToCancel(place);
            assertThat(index < 0 ? Holder.NOBODY : harness.backlog.cancel(stream, index))
                    .isEqualTo(Holder.NOBODY);
        }
        assertThat(stream.indexToCancel(3) < 0 ? Holder.ROUTER : harness.backlog.cancel(stream, 3))
                .as("one that is not taken yet")
                .isEqualTo(Holder.ROUTER);
    }
}
