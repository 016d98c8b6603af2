package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How long a handler that was told to stop is waited for, and what is said of one that did not. */
class CancelGraceTest extends PoolTest {
    private static final String LOGGER = "dev.workpool.internal.router.Abandonments";
    private static final int CALLBACK_THREADS = 16;

    /** Their onCancel actions together take longer than the grace of each. */
    @Test
    void aThousandHandlersThatAreToldOneAfterAnotherAllHaveTheirGrace() throws Exception {
        int workers = 1_000;
        long actionNs = 40_000_000;
        CountDownLatch running = new CountDownLatch(workers - 1);
        AtomicInteger told = new AtomicInteger();
        WorkerPoolSettings settings = settings(workers).withCancelGrace(Duration.ofSeconds(1));
        try (CapturedLog log = CapturedLog.of(LOGGER);
                WorkerPool<Integer, Integer> pool =
                        WorkerPool.startAsync(system, settings, (Integer job, JobContext context) -> {
                            CompletableFuture<Integer> stage = new CompletableFuture<>();
                            if (job == 0) {
                                running.await();
                                stage.complete(job);
                                return stage;
                            }
                            context.onCancel(() -> {
                                long until = System.nanoTime() + actionNs;
                                while (System.nanoTime() < until) {
                                    LockSupport.parkNanos(until - System.nanoTime());
                                }
                                told.incrementAndGet();
                                stage.complete(job);
                            });
                            running.countDown();
                            return stage.minimalCompletionStage();
                        })) {
            BatchOptions options =
                    BatchOptions.defaults().withHalt(HaltPolicy.now().succeeded(1));
            BatchResult<Integer> result =
                    get(pool.submitAll(jobs(workers), options).result());
            assertThat(result.succeeded()).isEqualTo(1);
            assertThat(result.cancelled()).isEqualTo(workers - 1);
            assertThat(told).hasValue(workers - 1);
            assertThat(get(pool.stats()).abandoned()).isZero();
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void aHandlerThatNoThreadComesToTellIsNotGivenUp() throws Exception {
        ActorTestKit kit = ActorTestKit.create("grace", ManualTime.config());
        try {
            ManualTime time = ManualTime.get(kit.system());
            int workers = 3 * CALLBACK_THREADS;
            CountDownLatch running = new CountDownLatch(workers);
            CountDownLatch released = new CountDownLatch(1);
            Queue<Integer> told = new ConcurrentLinkedQueue<>();
            WorkerPoolSettings settings = WorkerPoolSettings.create(kit.system(), "untold")
                    .withWorkers(workers)
                    .withCancelGrace(Duration.ofSeconds(5));
            try (CapturedLog log = CapturedLog.of(LOGGER);
                    WorkerPool<Integer, Integer> pool =
                            WorkerPool.startAsync(kit.system(), settings, (Integer job, JobContext context) -> {
                                CompletableFuture<Integer> stage = new CompletableFuture<>();
                                context.onCancel(() -> {
                                    told.add(job);
                                    stage.complete(job); // it has listened, and yet keeps a thread
                                    Handlers.ignoreInterruptsUntil(released);
                                });
                                running.countDown();
                                return stage.minimalCompletionStage();
                            })) {
                CompletableFuture<BatchResult<Integer>> result;
                try {
                    Batch<Integer> batch = pool.submitAll(jobs(workers));
                    running.await();
                    batch.cancel();
                    result = batch.result().toCompletableFuture();
                    await().atMost(LONG).until(() -> told.size() == CALLBACK_THREADS);
                    await().atMost(LONG).until(() -> batch.progress().done() == CALLBACK_THREADS);
                    for (int i = 0; i < 5; i++) {
                        time.timePasses(Duration.ofSeconds(10));
                    }
                    assertThat(batch.progress().done()).isEqualTo(CALLBACK_THREADS);
                    assertThat(log.messages()).isEmpty();
                } finally {
                    released.countDown();
                }
                assertThat(get(result).cancelled()).isEqualTo(workers);
                assertThat(told).hasSize(workers);
            }
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    void warningsOfOneKindAreSummedUp() throws Exception {
        int workers = 200;
        CountDownLatch running = new CountDownLatch(workers);
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings =
                settings(workers).withCancelGrace(Duration.ofMillis(50)).withMaxAbandoned(150);
        try (CapturedLog log = CapturedLog.of(LOGGER)) {
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> {
                running.countDown();
                Handlers.ignoreInterruptsUntil(released);
                return job;
            });
            Batch<Integer> batch = pool.submitAll(jobs(workers), BatchOptions.named("tenants"));
            running.await();
            batch.cancel();
            assertThat(get(batch.result()).cancelled()).isEqualTo(workers);
            released.countDown();
            pool.close();
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(handlers(log.messages())).isEqualTo(workers));
            List<String> messages = log.messages();
            assertThat(messages).hasSizeLessThan(workers / 4);
            assertThat(messages.get(0))
                    .startsWith(
                            "Pool '" + settings.name()
                                    + "': a handler that was told to stop did not stop in time; its job is settled without it and its worker replaced. java.lang.Integer, index ")
                    .containsPattern(" of batch " + batch.id() + " 'tenants', attempt 1, for [0-9.]+ m?s: thread "
                            + settings.name() + "-worker-")
                    .contains("Handlers.ignoreInterruptsUntil");
            assertThat(messages)
                    .anyMatch(message -> message.contains("not replaced, since as many are as max-abandoned"));
            assertThat(log.threads()).allMatch(thread -> thread.contains("callback"));
        }
    }

    /** How many handlers the warnings are about. */
    private static int handlers(List<String> messages) {
        return messages.stream()
                .map(message -> message.replaceAll("(?s)Pool '.*?': (\\d*).*", "$1"))
                .mapToInt(count -> count.isEmpty() ? 1 : Integer.parseInt(count))
                .sum();
    }
}
