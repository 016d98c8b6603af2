package dev.workpool.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A queue whose executor is stepped by hand. */
class ObserverQueueTest {
    private static final long MS = 1_000_000;

    private long nowNs = -5 * MS;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private Error thrown;

    private final PoolObserver observer = new PoolObserver() {
        @Override
        public void onPaused(String pool, boolean paused) {
            told.add(paused ? "paused" : "resumed");
            if (thrown != null) {
                throw thrown;
            }
        }

        @Override
        public void onProblem(PoolProblem problem) {
            told.add("problem after " + problem.omitted());
        }

        @Override
        public void onDropped(String pool, long events) {
            told.add(events + " dropped");
        }
    };

    private final ObserverQueue queue = new ObserverQueue("p", observer, tasks::add, () -> nowNs, thrown -> {});

    private void runAll() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    private void tellProblem() {
        queue.tellProblem(omitted -> new PoolProblem(
                PoolProblem.Kind.FAILED, "p", Optional.empty(), 0, 1, 1, Optional.empty(), "", Duration.ZERO, omitted));
    }

    @Test
    void eventsAreToldInTheirOrderElsewhere() {
        queue.tell(each -> each.onPaused("p", true));
        queue.tell(each -> each.onPaused("p", false));
        assertThat(told).isEmpty();
        runAll();
        assertThat(told).containsExactly("paused", "resumed");
    }

    @Test
    void whatFindsNoPlaceIsCounted() {
        for (int i = 0; i < ObserverQueue.CAPACITY + 3; i++) {
            queue.tell(each -> each.onPaused("p", true));
        }
        runAll();
        assertThat(told)
                .hasSize(ObserverQueue.CAPACITY + 1)
                .contains("3 dropped")
                .startsWith("3 dropped");
        queue.tell(each -> each.onPaused("p", false));
        runAll();
        assertThat(told).endsWith("resumed");
    }

    @Test
    void theLastEventAlwaysHasAPlace() {
        for (int i = 0; i < ObserverQueue.CAPACITY; i++) {
            queue.tell(each -> each.onPaused("p", true));
        }
        queue.tellLast(each -> each.onPaused("p", false));
        runAll();
        assertThat(told).hasSize(ObserverQueue.CAPACITY + 1).endsWith("resumed");
    }

    @Test
    void ofManyProblemsInASecondTheRestIsCounted() {
        for (int i = 0; i < ObserverQueue.PROBLEMS_PER_SECOND + 7; i++) {
            tellProblem();
        }
        nowNs += 999 * MS;
        tellProblem();
        runAll();
        assertThat(told).hasSize(ObserverQueue.PROBLEMS_PER_SECOND).containsOnly("problem after 0");
        told.clear();
        nowNs += MS;
        tellProblem();
        tellProblem();
        runAll();
        assertThat(told).containsExactly("problem after 8", "problem after 0");
    }

    @Test
    void whatADroppedProblemWouldHaveToldOfIsToldByTheNext() {
        for (int i = 0; i < ObserverQueue.PROBLEMS_PER_SECOND + 7; i++) {
            tellProblem();
        }
        for (int i = ObserverQueue.PROBLEMS_PER_SECOND; i < ObserverQueue.CAPACITY; i++) {
            queue.tell(each -> each.onPaused("p", true));
        }
        nowNs += 1_000 * MS;
        tellProblem();
        runAll();
        assertThat(told).startsWith("1 dropped").endsWith("paused");
        tellProblem();
        runAll();
        assertThat(told).endsWith("problem after 7");
    }

    @Test
    void nothingIsToldAfterTheLastEvent() {
        queue.tellLast(each -> each.onPaused("p", false));
        queue.tell(each -> each.onPaused("p", true));
        runAll();
        queue.tell(each -> each.onPaused("p", true));
        runAll();
        assertThat(told).containsExactly("resumed");
    }

    @Test
    void whatAnObserverThrowsEndsThatCallAlone() {
        thrown = new AssertionError("by the test");
        queue.tell(each -> each.onPaused("p", true));
        queue.tell(each -> each.onPaused("p", false));
        runAll();
        assertThat(told).containsExactly("paused", "resumed");
    }
}
