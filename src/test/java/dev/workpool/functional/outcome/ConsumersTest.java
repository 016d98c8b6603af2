package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.LoggingEvent;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.BatchOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Consumers of outcomes that throw. */
class ConsumersTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static final OutcomeConsumer<Integer, Integer> THROWING = (job, outcome) -> {
        throw new IOException("consumer of " + job);
    };

    private void assertOneLine(String line, Supplier<Batch<Integer>> submission) {
        AtomicReference<Batch<Integer>> batch = new AtomicReference<>();
        List<LoggingEvent> logged = new CopyOnWriteArrayList<>();
        LoggingTestKit.custom(event -> {
                    boolean counts = event.message().contains("consumer");
                    return counts && logged.add(event);
                })
                .expect(system, () -> {
                    batch.set(submission.get());
                    return batch.get().result().toCompletableFuture().join();
                });
        assertThat(logged).hasSize(1);
        assertThat(logged.get(0).message())
                .isEqualTo(line.replace("#", "" + batch.get().id()));
        assertThat(logged.get(0).throwable().get()).hasMessageStartingWith("consumer of ");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aConsumerThatThrowsIsOneLineForABatch(PoolKind kind) {
        int count = kind.isAsync() ? 200 : 2_000;
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            assertOneLine(
                    "Pool '" + pool.name() + "': the consumer of outcomes of batch # 'orders' has thrown " + count
                            + " times; this is the first",
                    () -> pool.submitAll(jobs(count), BatchOptions.named("orders"), THROWING));
        }
    }

    @Test
    void soItIsForABatchThatIsRefused() {
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job);
        pool.close();
        assertOneLine(
                "Pool '" + pool.name()
                        + "': the consumer of outcomes of batch # 'late' has thrown 30 times; this is the first",
                () -> pool.submitAll(jobs(30), BatchOptions.named("late"), THROWING));
    }
}
