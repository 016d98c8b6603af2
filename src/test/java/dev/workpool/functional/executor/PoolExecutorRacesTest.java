package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.PoolExecutor;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pair of things that can happen to an executor at the same time, many times over, and an account of each task: rejected,
 * run or given back, and one of these only. On the JDK's executor as well, so that the accounts themselves are right.
 */
@Timeout(300)
class PoolExecutorRacesTest extends ExecutorTest {
    private static final String ALL = "dev.workpool.support.ExecutorKind#all";
    private static final int ROUNDS = 30 * Integer.getInteger("stress.scale", 1);
    private static final int MOST = 2_000;

    /** What submitters have handed in, and what was refused. */
    private static final class Account {
        final Queue<Counted> accepted = new ConcurrentLinkedQueue<>();
        final Queue<Counted> rejected = new ConcurrentLinkedQueue<>();

        void execute(ExecutorService executor) {
            Counted task = new Counted();
            try {
                executor.execute(task);
                accepted.add(task);
            } catch (RejectedExecutionException e) {
                rejected.add(task);
            }
        }

        /** Hands tasks in until one is refused, since the executor has ended, or many were accepted, since nobody came to end it. */
        Void executeUntilRejected(ExecutorService executor) {
            for (int i = 0; i < MOST && rejected.isEmpty(); i++) {
                execute(executor);
            }
            return null;
        }

        /** Each accepted task ran once or is among those given back, which did not run. */
        void isRight(List<Runnable> back) {
            Set<Runnable> returned = Collections.newSetFromMap(new IdentityHashMap<>());
            returned.addAll(back);
            assertThat(returned).as("given back once each").hasSize(back.size());
            int ran = 0;
            for (Counted task : accepted) {
                boolean isBack = returned.remove(task);
                assertThat(task.runs).hasValue(isBack ? 0 : 1);
                ran += isBack ? 0 : 1;
            }
            assertThat(returned).as("given back without having been accepted").isEmpty();
            assertThat(ran + back.size()).isEqualTo(accepted.size());
            assertThat(rejected).allSatisfy(task -> assertThat(task.runs).hasValue(0));
        }
    }

    // The end and submitters

    @ParameterizedTest
    @MethodSource(ALL)
    void submittingAndShuttingDown(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 2);
            Account account = new Account();
            together(() -> account.executeUntilRejected(executor), () -> account.executeUntilRejected(executor), () -> {
                executor.shutdown();
                return null;
            });
            assertTerminates(executor);
            account.isRight(List.of());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void submittingAndStopping(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 2);
            Account account = new Account();
            int before = round % 4 * 300;
            for (int i = 0; i < before; i++) {
                account.execute(executor);
            }
            List<List<Runnable>> back = together(
                    nothing(() -> account.executeUntilRejected(executor)),
                    nothing(() -> account.executeUntilRejected(executor)),
                    executor::shutdownNow);
            assertTerminates(executor);
            account.isRight(flat(back));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void stoppingTwiceWhileTasksBegin(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 3);
            Account account = new Account();
            for (int i = 0; i < 2_000; i++) {
                account.execute(executor);
            }
            List<List<Runnable>> back = together(
                    executor::shutdownNow, executor::shutdownNow, nothing(executor::shutdown), executor::shutdownNow);
            assertTerminates(executor);
            account.isRight(flat(back));
        }
    }

    /** Tasks of all costs, so that they are queued, on their way, in chunks and running when the end comes. */
    @ParameterizedTest
    @MethodSource(ALL)
    void stoppingAmongTasksOfAllCosts(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 2);
            Account account = new Account();
            Blocker blocker = new Blocker();
            int blockAt = round * 7 % 500;
            for (int i = 0; i < 500; i++) {
                if (i == blockAt) {
                    executor.submit(blocker);
                }
                account.execute(executor);
            }
            if (round % 2 == 0) {
                blocker.awaitBegun();
            }
            List<Runnable> back = new ArrayList<>(executor.shutdownNow());
            boolean blockerIsBack = back.removeIf(task -> !(task instanceof Counted));
            assertTerminates(executor);
            assertThat(blocker.begun.getCount()).isEqualTo(blockerIsBack ? 1 : 0);
            account.isRight(back);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.ExecutorKind#ours")
    void closingAndEverythingElse(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            PoolExecutor executor = (PoolExecutor) start(kind, 2);
            Account account = new Account();
            boolean stops = round % 2 == 0;
            List<List<Runnable>> back = together(
                    nothing(() -> account.executeUntilRejected(executor)),
                    nothing(executor::close),
                    nothing(executor::close),
                    stops ? executor::shutdownNow : nothing(executor::shutdown),
                    nothing(() -> executor.resize(1)));
            assertThat(executor.isTerminated()).isTrue();
            account.isRight(flat(back));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.ExecutorKind#ours")
    void aFullQueueAndTheEnd(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            WhenFull whenFull = round % 4 < 2 ? WhenFull.BLOCK : WhenFull.CALLER_RUNS;
            ExecutorService executor = start(kind, settings(2).withQueueCapacity(3, whenFull));
            Account account = new Account();
            List<List<Runnable>> back = together(
                    nothing(() -> account.executeUntilRejected(executor)),
                    nothing(() -> account.executeUntilRejected(executor)),
                    nothing(() -> account.executeUntilRejected(executor)),
                    round % 2 == 0 ? executor::shutdownNow : nothing(executor::shutdown));
            assertTerminates(executor);
            account.isRight(flat(back));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.ExecutorKind#ours")
    void submittersThatWaitForRoomHearOfTheEnd(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, settings(1).withQueueCapacity(2, WhenFull.BLOCK));
            occupy(executor);
            Account account = new Account();
            List<List<Runnable>> back = together(
                    nothing(() -> account.executeUntilRejected(executor)),
                    nothing(() -> account.executeUntilRejected(executor)),
                    () -> {
                        while (account.accepted.size() < 2) {
                            Thread.onSpinWait();
                        }
                        return executor.shutdownNow();
                    });
            assertTerminates(executor);
            account.isRight(flat(back));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.ExecutorKind#ours")
    void droppingTheOldestWhileTasksBegin(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, settings(2).withQueueCapacity(5, WhenFull.DROP_OLDEST));
            AtomicInteger ran = new AtomicInteger();
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                futures.add(executor.submit(ran::incrementAndGet));
            }
            executor.shutdown();
            assertTerminates(executor);
            int failed = 0;
            for (Future<?> future : futures) {
                try {
                    get(future);
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(RejectedExecutionException.class);
                    failed++;
                }
            }
            assertThat(ran.get() + failed).isEqualTo(500);
        }
    }

    // Waiting

    @ParameterizedTest
    @MethodSource(ALL)
    void invokingAndShuttingDown(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 2);
            AtomicInteger ran = new AtomicInteger();
            List<Callable<Integer>> tasks = Collections.nCopies(50, ran::incrementAndGet);
            List<Integer> sums = together(
                    () -> {
                        int all = 0;
                        for (int i = 0; i < MOST / 50; i++) {
                            try {
                                for (Future<Integer> future : executor.invokeAll(tasks)) {
                                    all += get(future) > 0 ? 1 : 0;
                                }
                            } catch (RejectedExecutionException e) {
                                break;
                            }
                        }
                        return all;
                    },
                    () -> {
                        executor.shutdown();
                        return 0;
                    });
            assertTerminates(executor);
            // Of the list that was refused in its midst some may have run before the rest was cancelled.
            assertThat(ran.get()).isBetween(sums.get(0), sums.get(0) + 50);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void waitersForTheEndAllHearOfIt(ExecutorKind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ExecutorService executor = start(kind, 2);
            AtomicInteger ran = new AtomicInteger();
            for (int i = 0; i < 200; i++) {
                executor.execute(ran::incrementAndGet);
            }
            Callable<Integer> waiter = () -> {
                assertThat(executor.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                return ran.get();
            };
            assertThat(together(waiter, waiter, () -> {
                        executor.shutdown();
                        return waiter.call();
                    }))
                    .containsOnly(200);
        }
    }
}
