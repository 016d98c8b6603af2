package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks that are cancelled while they begin, run, end or are given back; on the JDK's executor as well as on ours. */
@Timeout(300)
class PoolExecutorCancelRacesTest extends ExecutorTest {
    private static final String ALL = "dev.workpool.support.ExecutorKind#all";
    private static final int ROUNDS = 30 * Integer.getInteger("stress.scale", 1);

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingAndBeginning(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        for (int round = 0; round < ROUNDS; round++) {
            List<Counted> tasks = new ArrayList<>();
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                tasks.add(new Counted());
                futures.add(executor.submit(tasks.get(i)));
            }
            boolean interrupting = round % 2 == 0;
            List<Integer> cancelled = together(
                    () -> (int) futures.stream()
                            .filter(future -> future.cancel(interrupting))
                            .count(),
                    () -> {
                        int count = 0;
                        for (int i = futures.size() - 1; i >= 0; i--) {
                            count += futures.get(i).cancel(!interrupting) ? 1 : 0;
                        }
                        return count;
                    });
            get(executor.submit(() -> "flush one"));
            get(executor.submit(() -> "flush another"));
            int notCancelled = 0;
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).isDone()).isTrue();
                if (!futures.get(i).isCancelled()) {
                    notCancelled++;
                    assertThat(tasks.get(i).runs).hasValue(1);
                } else {
                    assertThat(tasks.get(i).runs.get()).isLessThanOrEqualTo(1);
                }
            }
            assertThat(cancelled.get(0) + cancelled.get(1) + notCancelled).isEqualTo(300);
        }
    }

    /** A task that sees an interrupt as it begins has been cancelled itself. */
    @ParameterizedTest
    @MethodSource(ALL)
    void interruptsReachTheTaskThatWasCancelledOnly(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        AtomicInteger leaked = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                boolean innocent = i % 2 == 1;
                futures.add(executor.submit(() -> {
                    if (innocent && Thread.currentThread().isInterrupted()) {
                        leaked.incrementAndGet();
                    }
                    Thread.onSpinWait();
                    if (innocent && Thread.currentThread().isInterrupted()) {
                        leaked.incrementAndGet();
                    }
                }));
            }
            for (int i = 0; i < futures.size(); i += 2) {
                futures.get(i).cancel(true);
            }
            for (int i = 1; i < futures.size(); i += 2) {
                get(futures.get(i));
            }
        }
        assertThat(leaked).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingAndStopping(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 2);
            List<Counted> tasks = new ArrayList<>();
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                tasks.add(new Counted());
                futures.add(executor.submit(tasks.get(i)));
            }
            List<List<Runnable>> back =
                    together(executor::shutdownNow, nothing(() -> futures.forEach(future -> future.cancel(true))));
            assertTerminates(executor);
            List<Runnable> returned = flat(back);
            Set<Runnable> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
            distinct.addAll(returned);
            assertThat(distinct).hasSameSizeAs(returned);
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).isDone()).isTrue();
                if (distinct.contains((Runnable) futures.get(i))) {
                    assertThat(tasks.get(i).runs).hasValue(0);
                } else if (!futures.get(i).isCancelled()) {
                    assertThat(tasks.get(i).runs).hasValue(1);
                }
            }
        }
    }
}
