package dev.workpool.functional.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchInfo.Kind;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.PoolTest;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contexts that are made for a batch or a stream, and go with it. */
class BatchContextsTest extends PoolTest {
    private static final OutcomeConsumer<Object, Object> NOBODY = (job, outcome) -> {};

    /** Gives each batch a context of its own, and writes down how it ended. */
    private static final class OfBatches implements ContextPropagator<String> {
        final Queue<BatchInfo> begun = new ConcurrentLinkedQueue<>();
        final Queue<String> ended = new ConcurrentLinkedQueue<>();
        final ThreadLocal<String> current = new ThreadLocal<>();

        @Override
        public String capture() {
            return "single";
        }

        @Override
        public String capture(BatchInfo batch, CompletionStage<BatchProgress> result) {
            begun.add(batch);
            result.whenComplete((counts, error) -> ended.add(
                    error == null
                            ? counts.succeeded() + " succeeded, " + counts.rejected() + " rejected"
                            : (error instanceof CompletionException ? error.getCause() : error)
                                    .getClass()
                                    .getSimpleName()));
            return "of " + batch.id();
        }

        @Override
        public Scope attach(String context) {
            current.set(context);
            return current::remove;
        }

        void awaitEnds(String... ends) {
            await().atMost(LONG).untilAsserted(() -> assertThat(ended).containsExactly(ends));
        }
    }

    private OfBatches contexts;

    @BeforeEach
    void newContexts() {
        contexts = new OfBatches();
    }

    private WorkerPool<Integer, String> pool() {
        return WorkerPool.start(
                system,
                settings(1).withQueueCapacity(10, WhenFull.REJECT).withContextPropagators(contexts),
                job -> contexts.current.get());
    }

    @Test
    void aBatchHasItsOwnUntilItsEnd() throws Exception {
        try (WorkerPool<Integer, String> pool = pool()) {
            Batch<String> batch = pool.submitAll(jobs(3), BatchOptions.named("orders"));
            String own = "of " + batch.id();
            assertThat(get(batch.result()).values()).containsExactly(own, own, own);
            assertThat(contexts.begun).containsExactly(new BatchInfo(pool.name(), Kind.BATCH, batch.id(), "orders"));
            contexts.awaitEnds("3 succeeded, 0 rejected");
            assertThat(get(pool.submit(1))).isEqualTo("single");
            get(pool.submitAll(List.of()).result());
            contexts.awaitEnds("3 succeeded, 0 rejected", "0 succeeded, 0 rejected");
        }
    }

    @Test
    void aBatchThatIsRejectedOrNeverHandedInEndsToo() throws Exception {
        try (WorkerPool<Integer, String> pool = pool()) {
            get(pool.submitAll(jobs(20)).result());
            contexts.awaitEnds("0 succeeded, 20 rejected");
            contexts.ended.clear();
            assertThatThrownBy(() -> pool.submitAll(Arrays.asList(1, null))).isInstanceOf(NullPointerException.class);
            contexts.awaitEnds("NullPointerException");
        }
    }

    @Test
    void aStreamHasItsOwnUntilItsEnd() throws Exception {
        try (WorkerPool<Integer, String> pool = pool()) {
            Queue<String> seen = new ConcurrentLinkedQueue<>();
            Processing stream = pool.process(
                    jobs(3).iterator(), StreamOptions.ordered(), (job, outcome) -> seen.add(contexts.current.get()));
            get(stream.result());
            BatchInfo info = contexts.begun.element();
            assertThat(info.kind()).isEqualTo(Kind.STREAM);
            assertThat(seen).hasSize(3).containsOnly("of " + info.id());
            contexts.awaitEnds("3 succeeded, 0 rejected");
            contexts.ended.clear();
            pool.drain();
            assertThatThrownBy(() -> get(pool.process(jobs(3).iterator(), StreamOptions.ordered(), NOBODY)
                            .result()))
                    .isNotNull();
            contexts.awaitEnds("RejectedExecutionException");
        }
    }
}
