package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What idle workers are given of jobs that were expected to be cheap. */
class IdleWorkersTest {
    private static final long CHEAP_NS = 100;

    /** A scheduler that expects cheap jobs, and hands few of them to one worker. */
    private static ChunkSchedulerHarness chunkScheduler(int workers) {
        ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(workers, settings -> settings);
        chunkScheduler.grant(9, 1, 0);
        chunkScheduler.finish(busy(chunkScheduler).get(0), CHEAP_NS);
        return chunkScheduler;
    }

    private static List<Integer> busy(ChunkSchedulerHarness chunkScheduler) {
        return IntStream.range(0, chunkScheduler.chunkScheduler.slots().size())
                .filter(index -> !chunkScheduler.chunks(index).isEmpty())
                .boxed()
                .toList();
    }

    private static void serve(ChunkSchedulerHarness chunkScheduler) {
        chunkScheduler.chunkScheduler.idleWorkers().takeBack(chunkScheduler.nowNs);
        chunkScheduler.chunkScheduler.feed();
    }

    private static void assertConserved(ChunkSchedulerHarness chunkScheduler) {
        chunkScheduler.settleDown();
        assertThat(chunkScheduler.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(chunkScheduler.granted);
    }

    @Test
    void whatABusyWorkerHasNotBegunInTimeGoesToTheIdleOneByOne() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(8);
        chunkScheduler.grant(1, 8, 0);
        assertThat(busy(chunkScheduler)).as("who has all eight").hasSize(1);
        chunkScheduler.begin(busy(chunkScheduler).get(0));
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS;
        serve(chunkScheduler);
        for (int i = 0; i < 8; i++) {
            assertThat(chunkScheduler.chunks(i)).as("worker %s", i).containsExactly(1);
        }
        assertConserved(chunkScheduler);
    }

    @Test
    void whatShouldHaveBeenOverLongBeforeIsTakenSooner() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(8);
        chunkScheduler.grant(1, 8, 0);
        chunkScheduler.begin(busy(chunkScheduler).get(0));
        chunkScheduler.nowNs += IdleWorkers.BRIEF_PATIENCE_NS - 1;
        serve(chunkScheduler);
        assertThat(busy(chunkScheduler)).hasSize(1);
        chunkScheduler.nowNs++;
        serve(chunkScheduler);
        for (int i = 0; i < 8; i++) {
            assertThat(chunkScheduler.chunks(i)).as("worker %s", i).containsExactly(1);
        }
        assertConserved(chunkScheduler);
    }

    @Test
    void aChunkThatLacksAProcessorIsLeftAloneUntilTheTimeOfAnyOther() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(8);
        chunkScheduler.grant(1, 8, 0);
        chunkScheduler.nowNs += IdleWorkers.BRIEF_PATIENCE_NS;
        serve(chunkScheduler);
        assertThat(busy(chunkScheduler)).hasSize(1);
        chunkScheduler.begin(busy(chunkScheduler).get(0));
        serve(chunkScheduler);
        assertThat(busy(chunkScheduler)).as("it is looked at once").hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().delayNs(chunkScheduler.nowNs))
                .isEqualTo(IdleWorkers.PATIENCE_NS - IdleWorkers.BRIEF_PATIENCE_NS);
        assertConserved(chunkScheduler);
    }

    @Test
    void nothingIsTakenBeforeThat() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(8);
        chunkScheduler.grant(1, 8, 0); // and it is not begun
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS - 1;
        serve(chunkScheduler);
        assertThat(busy(chunkScheduler)).hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().mayBeServed()).isTrue();
        assertConserved(chunkScheduler);
    }

    @Test
    void theDelayIsWhatTheFirstChunkHasLeft() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2);
        chunkScheduler.grant(1, 2, 0);
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().delayNs(chunkScheduler.nowNs))
                .isEqualTo(IdleWorkers.BRIEF_PATIENCE_NS);
        chunkScheduler.nowNs += IdleWorkers.BRIEF_PATIENCE_NS;
        serve(chunkScheduler);
        chunkScheduler.nowNs += IdleWorkers.BRIEF_PATIENCE_NS;
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().delayNs(chunkScheduler.nowNs))
                .isEqualTo(IdleWorkers.PATIENCE_NS - 2 * IdleWorkers.BRIEF_PATIENCE_NS);
        chunkScheduler.nowNs += 1_000_000_000;
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().delayNs(chunkScheduler.nowNs))
                .as("it is not asked for at once")
                .isPositive();
    }

    @Test
    void aWorkerThatIsAboutToBeginKeepsItsFirstJob() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2);
        chunkScheduler.grant(1, 2, 0);
        int first = busy(chunkScheduler).get(0);
        Assignment<Integer, String> chunk = chunkScheduler.slot(first).out.peekFirst();
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS;
        serve(chunkScheduler);
        assertThat(chunkScheduler.slot(first).out).as("not another").containsExactly(chunk);
        assertThat(chunkScheduler.chunks(first)).containsExactly(1);
        assertThat(chunkScheduler.chunks(1 - first)).containsExactly(1);
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS;
        serve(chunkScheduler);
        assertThat(chunkScheduler.chunks(first))
                .as("and nothing goes to and fro")
                .containsExactly(1);
        assertConserved(chunkScheduler);
    }

    @Test
    void aSecondChunkIsTakenWhole() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2);
        chunkScheduler.slot(1).vacated = true; // both chunks go to the other
        chunkScheduler.grant(1, 100, 1_000_000);
        chunkScheduler.grant(2, 100, 1_000_000);
        assertThat(chunkScheduler.chunks(0)).containsExactly(100, 100);
        chunkScheduler.begin(0);
        chunkScheduler.kill(1);
        chunkScheduler.chunkScheduler.nothingQueuedBehind();
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS;
        serve(chunkScheduler);
        assertThat(chunkScheduler.chunks(0)).as("the job that runs").containsExactly(1);
        assertThat(chunkScheduler.chunks(1))
                .as("it is not known any more what jobs cost")
                .containsExactly(1);
        assertConserved(chunkScheduler);
    }

    @Test
    void whereNobodyIsIdleNothingIsTaken() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2);
        chunkScheduler.grant(1, 1_000, 0);
        assertThat(busy(chunkScheduler)).hasSize(2);
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS;
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().mayBeServed()).isFalse();
        serve(chunkScheduler);
        assertThat(chunkScheduler.chunks(0)).hasSize(2);
        assertThat(chunkScheduler.chunks(1)).hasSize(2);
        assertConserved(chunkScheduler);
    }

    @Test
    void aChunkThatIsDoneIsNotLookedAt() {
        ChunkSchedulerHarness chunkScheduler = chunkScheduler(2);
        chunkScheduler.grant(1, 2, 0);
        chunkScheduler.finish(busy(chunkScheduler).get(0), CHEAP_NS);
        assertThat(chunkScheduler.chunkScheduler.idleWorkers().mayBeServed()).isFalse();
        chunkScheduler.grant(1, 2, 0);
        chunkScheduler.begin(busy(chunkScheduler).get(0));
        chunkScheduler.cancelBatch(1);
        chunkScheduler.nowNs += IdleWorkers.PATIENCE_NS;
        serve(chunkScheduler);
        assertConserved(chunkScheduler);
    }
}
