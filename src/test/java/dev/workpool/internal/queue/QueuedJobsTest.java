package dev.workpool.internal.queue;

import static dev.workpool.internal.slice.Slices.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.internal.slice.StopReason;
import org.junit.jupiter.api.Test;

class QueuedJobsTest {
    private static final class Numbered extends BatchSource<String> {
        final int id;
        private final int priority;
        private int fresh;
        private int next;

        Numbered(int id, int priority) {
            this.id = id;
            this.priority = priority;
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public boolean hasWindow() {
            return false;
        }

        @Override
        public long fresh() {
            return fresh;
        }

        @Override
        public Slice<String> again(long index, int attempt) {
            throw new UnsupportedOperationException("nothing is tried again here");
        }

        @Override
        public Slice<String> takeFresh(int max) {
            int count = Math.min(max, fresh);
            fresh -= count;
            next += count;
            return Slices.slice(id, next - count, count);
        }

        @Override
        public int weight() {
            return 1;
        }

        @Override
        public int priority() {
            return priority;
        }
    }

    private long nowNs;
    private final QueuedJobs<String> queue = new QueuedJobs<>(1_000, () -> nowNs, source -> {});
    private final Numbered batch = new Numbered(1, 0);

    private void arrive(Numbered source, int jobs) {
        long before = source.queued();
        source.fresh += jobs;
        queue.changed(source, before);
    }

    private void giveBack(Numbered source, Slice<String> slice) {
        long before = source.queued();
        source.returned().giveBack(slice);
        queue.changed(source, before);
    }

    @Test
    void countsTheJobsThatComeAndThatAreHandedOut() {
        assertThat(queue.next(5, 1)).isNull();
        arrive(batch, 3);
        arrive(batch, 4);
        assertThat(queue.count()).isEqualTo(7);
        assertThat(jobs(queue.next(5, 1))).containsExactly("1:0", "1:1", "1:2", "1:3", "1:4");
        assertThat(queue.count()).isEqualTo(2);
        assertThat(jobs(queue.next(5, 1))).containsExactly("1:5", "1:6");
        assertThat(queue.next(5, 1)).isNull();
        assertThat(queue.count()).isZero();
    }

    @Test
    void whatCameBackGoesBeforeWhatWasNeverHandedOut() {
        arrive(batch, 3);
        Slice<String> slice = queue.next(2, 1);
        giveBack(batch, slice.part(1, 2));
        assertThat(queue.count()).isEqualTo(2);
        assertThat(jobs(queue.next(2, 1))).containsExactly("1:1");
        assertThat(jobs(queue.next(2, 1))).containsExactly("1:2");
    }

    @Test
    void aBatchThatHadNothingLeftComesAgain() {
        arrive(batch, 1);
        Slice<String> slice = queue.next(1, 1);
        giveBack(batch, slice);
        assertThat(jobs(queue.next(1, 1))).containsExactly("1:0");
    }

    /** Or the batch would be held on to, and its priority would seem to wait. */
    @Test
    void aBatchWhoseLastJobIsTakenOutDoesNotAge() {
        Numbered high = new Numbered(2, 5);
        arrive(batch, 1);
        long before = batch.queued();
        batch.takeFresh(1);
        queue.changed(batch, before);
        assertThat(queue.count()).isZero();
        nowNs = 10_000; // ten priorities later, were it still waiting
        arrive(high, 2);
        arrive(batch, 1);
        assertThat(jobs(queue.next(1, 1))).containsExactly("2:0");
    }

    @Test
    void aPriorityThatWaitsAges() {
        arrive(batch, 1);
        nowNs = 6_000;
        arrive(new Numbered(2, 5), 1);
        assertThat(jobs(queue.next(1, 1))).containsExactly("1:0");
    }

    @Test
    void aBatchThatLosesOrGetsSomeKeepsItsTurn() {
        Numbered other = new Numbered(2, 0);
        arrive(batch, 3);
        arrive(other, 3);
        assertThat(jobs(queue.next(1, 1))).containsExactly("1:0");
        arrive(batch, 2);
        long before = batch.queued();
        batch.takeFresh(1);
        queue.changed(batch, before);
        assertThat(queue.count()).isEqualTo(6);
        assertThat(jobs(queue.next(1, 1))).containsExactly("2:0");
        assertThat(jobs(queue.next(1, 1))).containsExactly("1:2");
    }

    @Test
    void nothingOfABatchThatIsWithdrawnIsHandedOut() {
        Numbered other = new Numbered(2, 0);
        arrive(batch, 3);
        arrive(other, 1);
        queue.withdraw(batch, StopReason.CANCELLED);
        assertThat(batch.stopped).isSameAs(StopReason.CANCELLED);
        assertThat(queue.count()).isEqualTo(1);
        assertThat(jobs(queue.next(9, 1))).containsExactly("2:0");
        assertThat(queue.next(9, 1)).isNull();
    }

    @Test
    void whatChangesInABatchThatIsWithdrawnChangesNothing() {
        arrive(batch, 3);
        queue.withdraw(batch, StopReason.CANCELLED);
        long before = batch.queued();
        batch.takeFresh(1);
        queue.changed(batch, before);
        arrive(batch, 5);
        assertThat(queue.count()).isZero();
        assertThat(queue.next(9, 1)).isNull();
    }

    @Test
    void aBatchWithoutJobsIsWithdrawnToo() {
        queue.withdraw(batch, StopReason.CANCELLED);
        arrive(batch, 1);
        assertThat(queue.count()).isZero();
        assertThat(queue.next(1, 1)).isNull();
    }
}
