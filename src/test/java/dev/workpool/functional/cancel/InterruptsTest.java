package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt reaches the job that was cancelled, and no other; one that users' code makes for itself ends with that code. */
class InterruptsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    /** How often users' code has found its thread interrupted. */
    private final AtomicInteger inherited = new AtomicInteger();

    /** What users' code does here: it looks for an interrupt, and leaves one behind. */
    private void lookAndInterrupt() {
        if (Thread.interrupted()) {
            inherited.incrementAndGet();
        }
        Thread.currentThread().interrupt();
    }

    @BeforeEach
    void forgetInherited() {
        inherited.set(0);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void noJobSeesAnInterruptThatAnotherLeftBehind(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings(4), (job, context) -> {
            lookAndInterrupt();
            return job;
        })) {
            assertThat(get(pool.submitAll(jobs(1_000)).result()).values()).isEqualTo(jobs(1_000));
            for (int i = 0; i < 100; i++) {
                assertThat(get(pool.submit(i))).isEqualTo(i);
            }
        }
        assertThat(inherited).hasValue(0);
    }

    /** Neither when the stage is made, nor when its owner completes it in a task of the same executor. */
    @Test
    void noAsynchronousJobSeesAnInterruptOfOneThatFails() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(system, settings(4), (job, context) -> {
            lookAndInterrupt();
            if (job % 3 == 0) {
                throw new IllegalStateException("on purpose");
            }
            return job % 3 == 1 ? null : CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
        })) {
            assertThat(get(pool.submitAll(jobs(1_000)).result()).failed()).isEqualTo(1_000);
        }
        assertThat(inherited).hasValue(0);
    }

    /** What a consumer has thrown is read for the log before the batch is complete. */
    @Test
    void noDependentSeesAnInterruptOfAnErrorThatWasLogged() throws Exception {
        class Interrupting extends IllegalStateException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                Thread.currentThread().interrupt();
                return "on purpose";
            }
        }
        CountDownLatch registered = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            registered.await();
            return job;
        })) {
            OutcomeConsumer<Integer, Integer> throwing = (job, outcome) -> {
                throw new Interrupting();
            };
            CompletionStage<Boolean> interrupted = pool.submitAll(jobs(3), BatchOptions.defaults(), throwing)
                    .result()
                    .thenApply(result -> Thread.currentThread().isInterrupted());
            registered.countDown();
            assertThat(get(interrupted)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void noConsumerSeesAnInterruptThatAnotherLeftBehind(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            get(pool.submitAll(jobs(1_000), BatchOptions.defaults(), (job, outcome) -> lookAndInterrupt())
                    .result());
            StreamOptions<Integer> observed =
                    StreamOptions.<Integer>ordered().withObserver((job, outcome) -> lookAndInterrupt());
            get(pool.process(jobs(1_000).iterator(), observed, (job, outcome) -> lookAndInterrupt())
                    .result());
        }
        assertThat(inherited).hasValue(0);
    }

    @Test
    void noDependentOfAFutureSeesAnInterruptThatAnotherLeftBehind() throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            begin.await();
            return job;
        })) {
            List<CompletableFuture<Void>> dependents = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                dependents.add(pool.submit(i).thenAccept(value -> lookAndInterrupt()));
            }
            begin.countDown();
            for (CompletableFuture<Void> dependent : dependents) {
                get(dependent);
            }
        }
        assertThat(inherited).hasValue(0);
    }

    @Test
    void noActionOfACancelledJobSeesAnInterruptThatAnotherLeftBehind() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(4), (job, context) -> {
            for (int i = 0; i < 10; i++) {
                context.onCancel(() -> {
                    lookAndInterrupt();
                    told.incrementAndGet();
                });
            }
            begun.incrementAndGet();
            return Handlers.hang();
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(4));
            await().atMost(LONG).until(() -> begun.get() == 4);
            batch.cancel();
            get(batch.result());
            await().atMost(LONG).until(() -> told.get() == 40);
        }
        assertThat(inherited).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandlersOwnInterruptEndsWithItsJob(boolean isMeasured) throws Exception {
        AtomicInteger inherited = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            inherited.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            Thread.currentThread().interrupt();
            return job;
        })) {
            if (isMeasured) {
                pool.measureTimes();
            }
            for (int round = 0; round < 20; round++) {
                assertThat(get(pool.submitAll(jobs(100)).result()).succeeded()).isEqualTo(100);
            }
        }
        assertThat(inherited).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = PoolKind.class,
            names = {"SIMPLE", "BLOCKING", "UNCHUNKED"})
    void noJobSeesAnInterruptThatWasMeantForAnother(PoolKind kind) throws Exception {
        AtomicInteger leaked = new AtomicInteger();
        AtomicInteger hit = new AtomicInteger();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        // A job is a pair: its number, and whether anybody may cancel it.
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            boolean mayBeCancelled = job % 2 == 0;
            for (int i = mayBeCancelled ? 0 : 1_500; i < 2_000; i++) {
                if (Thread.currentThread().isInterrupted()) {
                    if (mayBeCancelled) {
                        hit.incrementAndGet();
                        if (job % 4 == 0) {
                            Thread.interrupted();
                        }
                        return job;
                    }
                    leaked.incrementAndGet();
                }
                Thread.onSpinWait();
            }
            if (job % 7 == 0) {
                Thread.currentThread().interrupt(); // a handler that leaves its own interrupt behind
            }
            return job;
        })) {
            for (int round = 0; round < 400 || (hit.get() == 0 && round < 50_000); round++) {
                List<CompletableFuture<Integer>> futures = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    futures.add(pool.submit(i));
                }
                int first = random.nextInt(20) * 2;
                while (!futures.get(random.nextInt(first + 1)).isDone()) {
                    Thread.onSpinWait();
                }
                for (int i = first; i < 40; i += 2) {
                    futures.get(i).cancel(true);
                }
                for (int i = 1; i < 40; i += 2) {
                    assertThat(get(futures.get(i))).as("seed %d", seed).isEqualTo(i);
                }
            }
        }
        assertThat(leaked).as("seed %d", seed).hasValue(0);
        assertThat(hit)
                .as("jobs that were interrupted, without which this shows nothing")
                .hasPositiveValue();
    }
}
