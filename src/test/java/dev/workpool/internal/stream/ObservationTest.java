package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private final OutcomeSink<String> sink = (first, jobs, outcomes) -> log.add("on " + first + " x" + outcomes.size());

    private Observation<Integer, String> observation() {
        return new Observation<>(
                (job, outcome) -> {
                    log.add("seen " + job);
                    if (((Outcome.Succeeded<?>) outcome).value().equals("bad")) {
                        throw new IllegalStateException("on purpose");
                    }
                },
                Contexts.NONE,
                sink,
                callbacks::add,
                problem -> log.add("problem " + problem.getMessage()));
    }

    private static void put(Observation<Integer, String> observation, long first, String... results) {
        Object[] jobs = new Object[results.length];
        for (int i = 0; i < jobs.length; i++) {
            jobs[i] = (int) first + i;
        }
        observation.put(first, jobs, new Outcomes<>(results, results.length, true));
    }

    private void runCallbacks() {
        while (!callbacks.isEmpty()) {
            callbacks.remove().run();
        }
    }

    @Test
    void outcomesAreShownBeforeTheyGoOnOneCallAfterAnother() {
        Observation<Integer, String> observation = observation();
        put(observation, 4, "a", "b");
        put(observation, 0, "c");
        observation.afterAll(() -> log.add("after all"));
        assertThat(log).as("the observer may take its time").isEmpty();
        assertThat(callbacks).hasSize(1);
        runCallbacks();
        assertThat(log).containsExactly("seen 4", "seen 5", "on 4 x2", "seen 0", "on 0 x1", "after all");
    }

    /** Or jobs would have no outcome, since their observer failed. */
    @Test
    void anObserverThatFailsIsShownNoMoreAndOutcomesGoOn() {
        Observation<Integer, String> observation = observation();
        put(observation, 0, "a", "bad", "c");
        put(observation, 3, "bad");
        observation.afterAll(() -> log.add("after all"));
        runCallbacks();
        assertThat(log).containsExactly("seen 0", "seen 1", "problem on purpose", "on 0 x3", "on 3 x1", "after all");
    }
}
