package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ErrorLinkingTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private final ErrorLinking linking = new ErrorLinking();
    private final Throwable a = new Exception("a");
    private final Throwable b = new Exception("b");
    private final Throwable c = new Exception("c");

    private void execute(String name, Throwable... errors) {
        linking.execute(List.of(errors), tasks::add, () -> log.add(name), () -> log.add(name + " done"));
    }

    @Test
    void runsTasksThatShareNothingSideBySide() {
        execute("1", a);
        execute("2", b, c);
        assertThat(tasks).hasSize(2);
        tasks.remove();
        tasks.remove().run();
        assertThat(log).as("though the first hangs").containsExactly("2", "2 done");
    }

    @Test
    void runsTasksThatShareAnErrorOneAfterAnother() {
        execute("1", a, b, a);
        execute("2", b, c);
        execute("3", c);
        execute("4", a, c);
        for (int i = 1; i <= 4; i++) {
            assertThat(tasks).as("before task %s", i).hasSize(1);
            tasks.remove().run();
        }
        assertThat(log).containsExactly("1", "1 done", "2", "2 done", "3", "3 done", "4", "4 done");
    }

    @Test
    void goesOnAfterATaskThatFails() {
        linking.execute(
                List.of(a),
                tasks::add,
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                () -> log.add("1 done"));
        execute("2", a);
        try {
            tasks.remove().run();
        } catch (IllegalStateException e) {
            log.add(e.getMessage());
        }
        tasks.remove().run();
        assertThat(log).containsExactly("1 done", "on purpose", "2", "2 done");
    }

    @Test
    void doesWithoutATaskThatFindsNoThread() {
        linking.execute(
                List.of(a),
                task -> {
                    throw new RejectedExecutionException("on purpose");
                },
                () -> log.add("1"),
                () -> log.add("1 done"));
        execute("2", a);
        tasks.remove().run();
        assertThat(log).containsExactly("1 done", "2", "2 done");
    }

    /** Each of few errors is the last, and an earlier one, of many jobs at a time. */
    @Test
    void tiesNoCircle() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                List<Throwable> errors = List.of(new Exception("a"), new Exception("b"), new Exception("c"));
                Random random = new Random(round);
                CountDownLatch done = new CountDownLatch(20);
                for (int i = 0; i < 20; i++) {
                    FailedAttempts<String> earlier = new FailedAttempts<>();
                    earlier.add(new Outcome.Failed<>(errors.get(random.nextInt(3)), 1));
                    earlier.add(new Outcome.Failed<>(errors.get(random.nextInt(3)), 2));
                    ErrorLinking.link(errors.get(random.nextInt(3)), earlier, threads, done::countDown);
                }
                assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
                for (Throwable error : errors) {
                    assertThat(isInACircle(error, Collections.newSetFromMap(new IdentityHashMap<>())))
                            .isFalse();
                    error.printStackTrace(new PrintWriter(new StringWriter()));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean isInACircle(Throwable error, Set<Throwable> above) {
        if (!above.add(error)) {
            return true;
        }
        for (Throwable each : error.getSuppressed()) {
            if (isInACircle(each, above)) {
                return true;
            }
        }
        above.remove(error);
        return false;
    }
}
