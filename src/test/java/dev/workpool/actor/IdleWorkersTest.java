package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What idle workers are given of jobs that were expected to be cheap. */
class IdleWorkersTest {
    private static final long CHEAP_NS = 100;

    /** A crew that expects cheap jobs, and hands few of them to one worker. */
    private static CrewHarness crew(int workers) {
        CrewHarness crew = new CrewHarness(workers, settings -> settings);
        crew.grant(9, 1, 0);
        crew.finish(busy(crew).get(0), CHEAP_NS);
        return crew;
    }

    private static List<Integer> busy(CrewHarness crew) {
        return IntStream.range(0, crew.crew.slots().size())
                .filter(index -> !crew.chunks(index).isEmpty())
                .boxed()
                .toList();
    }

    private static void serve(CrewHarness crew) {
        crew.crew.idleWorkers().takeBack(crew.nowNs);
        crew.crew.feed();
    }

    private static void assertConserved(CrewHarness crew) {
        crew.settleDown();
        assertThat(crew.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(crew.granted);
    }

    @Test
    void whatABusyWorkerHasNotBegunInTimeGoesToTheIdleOneByOne() {
        CrewHarness crew = crew(8);
        crew.grant(1, 8, 0);
        assertThat(busy(crew)).as("who has all eight").hasSize(1);
        crew.begin(busy(crew).get(0));
        crew.nowNs += IdleWorkers.PATIENCE_NS;
        serve(crew);
        for (int i = 0; i < 8; i++) {
            assertThat(crew.chunks(i)).as("worker %s", i).containsExactly(1);
        }
        assertConserved(crew);
    }

    @Test
    void nothingIsTakenBeforeThat() {
        CrewHarness crew = crew(8);
        crew.grant(1, 8, 0);
        crew.nowNs += IdleWorkers.PATIENCE_NS - 1;
        serve(crew);
        assertThat(busy(crew)).hasSize(1);
        assertThat(crew.crew.idleWorkers().mayBeServed()).isTrue();
        assertConserved(crew);
    }

    @Test
    void theDelayIsWhatTheFirstChunkHasLeft() {
        CrewHarness crew = crew(2);
        crew.grant(1, 2, 0);
        assertThat(crew.crew.idleWorkers().delayNs(crew.nowNs)).isEqualTo(IdleWorkers.PATIENCE_NS);
        crew.nowNs += IdleWorkers.PATIENCE_NS / 3;
        assertThat(crew.crew.idleWorkers().delayNs(crew.nowNs)).isEqualTo(IdleWorkers.PATIENCE_NS * 2 / 3);
        crew.nowNs += 1_000_000_000;
        assertThat(crew.crew.idleWorkers().delayNs(crew.nowNs))
                .as("it is not asked for at once")
                .isPositive();
    }

    @Test
    void aWorkerThatIsAboutToBeginKeepsItsFirstJob() {
        CrewHarness crew = crew(2);
        crew.grant(1, 2, 0);
        int first = busy(crew).get(0);
        crew.nowNs += IdleWorkers.PATIENCE_NS;
        serve(crew);
        assertThat(crew.chunks(first)).containsExactly(1);
        assertThat(crew.chunks(1 - first)).containsExactly(1);
        crew.nowNs += IdleWorkers.PATIENCE_NS;
        serve(crew);
        assertThat(crew.chunks(first)).as("and nothing goes to and fro").containsExactly(1);
        assertConserved(crew);
    }

    @Test
    void aSecondChunkIsTakenWhole() {
        CrewHarness crew = crew(2);
        crew.slot(1).vacated = true; // both chunks go to the other
        crew.grant(1, 100, 1_000_000);
        crew.grant(2, 100, 1_000_000);
        assertThat(crew.chunks(0)).containsExactly(100, 100);
        crew.begin(0);
        crew.kill(1);
        crew.crew.nothingQueuedBehind();
        crew.nowNs += IdleWorkers.PATIENCE_NS;
        serve(crew);
        assertThat(crew.chunks(0)).as("the job that runs").containsExactly(1);
        assertThat(crew.chunks(1)).as("it is not known any more what jobs cost").containsExactly(1);
        assertConserved(crew);
    }

    @Test
    void whereNobodyIsIdleNothingIsTaken() {
        CrewHarness crew = crew(2);
        crew.grant(1, 1_000, 0);
        assertThat(busy(crew)).hasSize(2);
        crew.nowNs += IdleWorkers.PATIENCE_NS;
        assertThat(crew.crew.idleWorkers().mayBeServed()).isFalse();
        serve(crew);
        assertThat(crew.chunks(0)).hasSize(2);
        assertThat(crew.chunks(1)).hasSize(2);
        assertConserved(crew);
    }

    @Test
    void aChunkThatIsDoneIsNotLookedAt() {
        CrewHarness crew = crew(2);
        crew.grant(1, 2, 0);
        crew.finish(busy(crew).get(0), CHEAP_NS);
        assertThat(crew.crew.idleWorkers().mayBeServed()).isFalse();
        crew.grant(1, 2, 0);
        crew.begin(busy(crew).get(0));
        crew.cancelBatch(1);
        crew.nowNs += IdleWorkers.PATIENCE_NS;
        serve(crew);
        assertConserved(crew);
    }
}
