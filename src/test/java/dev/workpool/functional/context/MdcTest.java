package dev.workpool.functional.context;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/** The diagnostic context of slf4j on the threads that call the handler. */
class MdcTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @AfterEach
    void clear() {
        MDC.clear();
    }

    private static String mdc() {
        return MDC.get("request");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void eachJobSeesTheContextOfItsSubmitter(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = settings(2).withContextPropagators(ContextPropagator.mdc());
        try (WorkerPool<Integer, String> pool = kind.startInline(system, settings, (job, context) -> job + mdc())) {
            MDC.put("request", "a");
            Batch<String> first = pool.submitAll(jobs(100));
            CompletableFuture<String> single = pool.submit(7);
            MDC.put("request", "b");
            Batch<String> second = pool.submitAll(jobs(100));
            MDC.clear();
            Batch<String> third = pool.submitAll(jobs(100));
            assertThat(get(first.result()).values())
                    .isEqualTo(jobs(100).stream().map(job -> job + "a").toList());
            assertThat(get(second.result()).values())
                    .isEqualTo(jobs(100).stream().map(job -> job + "b").toList());
            assertThat(get(third.result()).values())
                    .isEqualTo(jobs(100).stream().map(job -> job + "null").toList());
            assertThat(get(single)).isEqualTo("7a");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theNextJobSeesNothingOfIt(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = settings(1).withContextPropagators(ContextPropagator.mdc());
        try (WorkerPool<Integer, Map<String, String>> pool = kind.startInline(system, settings, (job, context) -> {
            Map<String, String> seen = MDC.getCopyOfContextMap();
            if (job > 0) {
                MDC.put("left", "behind");
                MDC.remove("request");
            }
            if (job == 2) {
                throw new AssertionError("and thrown");
            }
            return seen == null ? Map.of() : seen;
        })) {
            MDC.put("request", "a");
            assertThat(get(pool.submitAll(List.of(1, 2, 1)).result()).outcomes())
                    .filteredOn(outcome -> outcome instanceof Outcome.Succeeded)
                    .hasSize(2)
                    .containsOnly(new Outcome.Succeeded<>(Map.of("request", "a"), 1));
            MDC.clear();
            assertThat(get(pool.submit(0))).isEmpty();
            TestProbe<Outcome<Map<String, String>>> actor = kit.createTestProbe();
            pool.ref().tell(new PoolCommand.Submit<>(0, actor.ref())); // a command carries nothing
            assertThat(actor.receiveMessage(LONG)).isEqualTo(new Outcome.Succeeded<>(Map.of(), 1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyAttemptSeesIt(PoolKind kind) throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        WorkerPoolSettings settings = settings(1).withContextPropagators(ContextPropagator.mdc());
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> {
            seen.add(job + mdc());
            MDC.put("request", "spoilt");
            if (seen.size() < 3) {
                throw new IOException("once more");
            }
            return job;
        })) {
            MDC.put("request", "a");
            RetryPolicy retry = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1));
            Batch<Integer> batch =
                    pool.submitAll(List.of(5), BatchOptions.defaults().withRetry(retry));
            MDC.put("request", "b");
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Succeeded<>(5, 3));
            assertThat(seen).containsExactly("5a", "5a", "5a");
        }
    }

    @Test
    void anInterruptedJobLeavesNothingBehind() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        WorkerPoolSettings settings = settings(1).withContextPropagators(ContextPropagator.mdc());
        try (WorkerPool<Integer, String> pool = WorkerPool.start(system, settings, (Integer job) -> {
            if (job == 0) {
                try {
                    running.countDown();
                    new Semaphore(0).acquire();
                } catch (InterruptedException e) {
                    interrupted.complete(mdc());
                    throw e;
                }
            }
            return mdc() + Thread.currentThread().isInterrupted();
        })) {
            MDC.put("request", "a");
            CompletableFuture<String> hangs = pool.submit(0);
            running.await();
            hangs.cancel(true);
            assertThat(get(interrupted)).isEqualTo("a");
            MDC.clear();
            assertThat(get(pool.submit(1))).isEqualTo("nullfalse");
        }
    }

    /** What consumers see, and which thread they leave something behind on. */
    private static final class Seen {
        final Queue<String> contexts = new ConcurrentLinkedQueue<>();

        void now() {
            contexts.add("" + mdc());
            MDC.put("request", "spoilt");
        }

        void assertAll(String context, int count) {
            assertThat(contexts).hasSize(count).containsOnly(context);
        }
    }

    /** That callbacks which came with no context see none. */
    private void assertNothingIsLeftOnThreadsForCallbacks() throws Exception {
        try (WorkerPool<Integer, Integer> plain = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            Queue<String> seen = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Boolean>> dependents = jobs(50).stream()
                    .map(job -> plain.submit(job).thenApply(value -> seen.add("" + mdc())))
                    .toList();
            for (CompletableFuture<Boolean> dependent : dependents) {
                get(dependent);
            }
            assertThat(seen).hasSize(50).doesNotContain("spoilt");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aConsumerSeesTheContextOfItsSubmitter(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = settings(2).withContextPropagators(ContextPropagator.mdc());
        Seen seen = new Seen();
        OutcomeConsumer<Integer, Integer> consumer = (job, outcome) -> seen.now();
        WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> job);
        try (pool) {
            MDC.put("request", "a");
            Batch<Integer> batch = pool.submitAll(jobs(200), BatchOptions.defaults(), consumer);
            MDC.put("request", "b");
            get(batch.result());
            seen.assertAll("a", 200);
        }
        MDC.put("request", "c");
        seen.contexts.clear();
        get(pool.submitAll(jobs(3), BatchOptions.defaults(), consumer).result()); // refused
        seen.assertAll("c", 3);
        assertNothingIsLeftOnThreadsForCallbacks();
    }

    @Test
    void aConsumerOfAnActorsBatchSeesNone() throws Exception {
        WorkerPoolSettings settings = settings(1).withContextPropagators(ContextPropagator.mdc());
        Seen seen = new Seen();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job)) {
            MDC.put("request", "a");
            TestProbe<BatchResult<Integer>> actor = kit.createTestProbe();
            pool.ref()
                    .tell(new PoolCommand.SubmitAll<>(jobs(3), BatchOptions.defaults(), actor.ref())
                            .withConsumer((job, outcome) -> seen.contexts.add("" + mdc())));
            actor.receiveMessage(LONG);
            seen.assertAll("null", 3);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void consumerAndObserverOfAStreamSeeTheContextOfWhoeverStartedIt(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = settings(2).withContextPropagators(ContextPropagator.mdc());
        Seen consumer = new Seen();
        Seen observer = new Seen();
        StreamOptions<Integer> options =
                StreamOptions.<Integer>ordered().withObserver((job, outcome) -> observer.now());
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> job)) {
            MDC.put("request", "a");
            Processing processing = pool.process(jobs(200).iterator(), options, (job, outcome) -> consumer.now());
            MDC.put("request", "b");
            get(processing.result());
            consumer.assertAll("a", 200);
            observer.assertAll("a", 200);
        }
        assertNothingIsLeftOnThreadsForCallbacks();
    }

    @Test
    void onCancelActionsSeeTheContextOfTheirJobWhereverTheyRun() throws Exception {
        WorkerPoolSettings settings = settings(1).withContextPropagators(ContextPropagator.mdc());
        CompletableFuture<String> before = new CompletableFuture<>();
        CompletableFuture<String> after = new CompletableFuture<>();
        CompletableFuture<String> elsewhere = new CompletableFuture<>();
        CompletableFuture<String> handler = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, String> pool =
                WorkerPool.start(system, settings, (Integer job, JobContext context) -> {
                    context.onCancel(
                            () -> before.complete(mdc() + Thread.currentThread().getName()));
                    running.countDown();
                    while (!context.isCancelled()) {
                        Thread.onSpinWait();
                    }
                    Thread other = new Thread(() -> context.onCancel(() -> elsewhere.complete(mdc())));
                    other.start();
                    context.onCancel(() -> {
                        after.complete(mdc());
                        MDC.put("request", "spoilt");
                    });
                    handler.complete(mdc());
                    return "";
                })) {
            MDC.put("request", "a");
            CompletableFuture<String> future = pool.submit(1);
            running.await();
            MDC.put("request", "b");
            future.cancel(true);
            assertThat(get(before)).startsWith("a").contains("callback");
            assertThat(get(after)).isEqualTo("a");
            assertThat(get(elsewhere)).isEqualTo("a");
            assertThat(get(handler)).isEqualTo("a");
        }
    }

    @Test
    void whoRunsAJobForAFullPoolKeepsItsOwnContext() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPoolSettings settings =
                settings(1).withContextPropagators(ContextPropagator.mdc()).withQueueCapacity(1, WhenFull.CALLER_RUNS);
        try (WorkerPool<Integer, String> pool = WorkerPool.start(system, settings, (Integer job) -> {
            if (job == 0) {
                gate.await();
            }
            String seen = mdc();
            MDC.put("request", "spoilt");
            return seen;
        })) {
            MDC.put("request", "a");
            pool.submit(0);
            List<CompletableFuture<String>> others =
                    jobs(5).stream().map(job -> pool.submit(1)).toList();
            assertThat(mdc()).isEqualTo("a");
            gate.countDown();
            for (CompletableFuture<String> other : others) {
                assertThat(get(other)).isEqualTo("a");
            }
        }
    }
}
