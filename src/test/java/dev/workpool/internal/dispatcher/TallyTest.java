package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.router.Router;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TallyTest {
    private static final BatchProgress NONE = new BatchProgress(100, 0, 0, 0, 0, 0);

    @Example
    void countsTheDifferenceBetweenTwoReports() {
        Tally tally = new Tally();
        tally.accept(100);
        BatchProgress first = new BatchProgress(100, 4, 3, 2, 1, 0);
        BatchProgress second = new BatchProgress(100, 40, 30, 20, 10, 0);
        tally.add(NONE, first);
        tally.add(first, second);
        PoolStats stats = tally.stats("p", new Router.Census(2, 0, 7));
        assertThat(stats).isEqualTo(new PoolStats("p", 2, 100, 40, 30, 20, 10, 0, 0, 0, 7));
        assertThat(tally.open()).isZero();
    }

    /** As where the oldest are dropped from a full queue. */
    @Example
    void acceptedJobsThatAreDroppedCountAsIfTheyHadNeverBeenAccepted() {
        Tally tally = new Tally();
        tally.accept(100);
        BatchProgress first = new BatchProgress(100, 0, 0, 0, 0, 3);
        tally.add(NONE, first);
        tally.add(first, new BatchProgress(100, 0, 0, 0, 0, 10));
        PoolStats stats = tally.stats("p", new Router.Census(2, 0, 0));
        assertThat(stats.accepted()).isEqualTo(90);
        assertThat(stats.rejected()).isEqualTo(10);
        assertThat(tally.open()).isEqualTo(90);
    }

    @Example
    void countsRejectedJobsApart() {
        Tally tally = new Tally();
        tally.reject(5);
        assertThat(tally.open()).isZero();
        PoolStats stats = tally.stats("p", new Router.Census(2, 0, 0));
        assertThat(stats.rejected()).isEqualTo(5);
        assertThat(stats.accepted()).isZero();
    }

    /** An older report of what runs may name jobs that have ended since. */
    @Property
    void everySnapshotAddsUp(
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 20) Integer> accepted,
            @ForAll @IntRange(min = 0, max = 100) int ended,
            @ForAll @IntRange(min = 0, max = 1_000) int running) {
        Tally tally = new Tally();
        accepted.forEach(jobs -> tally.accept(jobs));
        long total = accepted.stream().mapToLong(Integer::longValue).sum();
        long done = Math.min(ended, total);
        tally.add(NONE, new BatchProgress(100, done / 2, 0, 0, 0, 0));
        tally.settle((int) (done - done / 2), new Outcome.Cancelled<>(0));
        PoolStats stats = tally.stats("p", new Router.Census(8, running, 0));
        assertThat(stats.accepted()).isEqualTo(total);
        assertThat(stats.done() + stats.queued() + stats.running()).isEqualTo(total);
        assertThat(stats.running()).isBetween(0L, (long) running);
        assertThat(stats.queued()).isNotNegative();
        assertThat(tally.open()).isEqualTo(total - done);
    }
}
