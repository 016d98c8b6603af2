package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What users get wrong, and what they are told. */
class BadInputTest extends PoolTest {

    @Test
    void aPoolInASystemThatHasEndedSaysSo() throws Exception {
        ActorSystem<Void> ended = ActorSystem.create(Behaviors.empty(), "ended");
        ended.terminate();
        get(ended.getWhenTerminated());
        assertThatThrownBy(() -> WorkerPool.start(ended, "late", (Integer job) -> job))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("pool 'late' cannot be started: its actor system 'ended' has ended");
    }

    private static void assertNamed(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    void nullsAreNamed() {
        JobHandler.Simple<Integer, Integer> handler = job -> job;
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), handler)) {
            assertNamed("job", () -> pool.submit(null));
            assertNamed("jobs: the batch is null", () -> pool.submitAll(null));
            assertNamed("job at index 2 of the batch is null", () -> pool.submitAll(Arrays.asList(1, 2, null, 4)));
            assertNamed("options", () -> pool.submitAll(List.of(1), null));
            assertNamed("consumer", () -> pool.submitAll(List.of(1), BatchOptions.defaults(), null));
        }
        assertNamed("handler", () -> WorkerPool.start(system, settings(1), (JobHandler<Integer, Integer>) null));
        assertNamed("system", () -> WorkerPool.start(null, "pool", handler));
        assertNamed("system", () -> WorkerPool.start(null, settings(1), handler));
        assertNamed("settings", () -> WorkerPool.start(system, (WorkerPoolSettings) null, handler));
        assertNamed("name of a pool", () -> WorkerPoolSettings.create(system, null));
        assertNamed("name", () -> BatchOptions.named(null));
        assertThatThrownBy(() -> BatchOptions.named("")).hasMessageContaining("name of a batch is empty");
    }

    @Test
    void aChildThatIsNullFailsItsJob() {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                    context.child((CompletableFuture<Integer>) null);
                    return job;
                })) {
            assertThatThrownBy(() -> get(pool.submit(1)))
                    .hasCauseInstanceOf(NullPointerException.class)
                    .hasMessageContaining("future");
        }
    }

    @Test
    void anIterableThatThrowsMidwaySubmitsNothing() throws Exception {
        Iterable<Integer> broken = () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                if (next == 3) {
                    throw new IllegalStateException("the source broke");
                }
                return next++;
            }
        };
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            assertThatThrownBy(() -> pool.submitAll(broken))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the source broke");
            assertThat(get(pool.stats()).accepted()).isZero();
        }
    }

    @Test
    void anEmptyBatchIsCompleteAtOnce() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            Batch<Integer> batch = pool.submitAll(List.of());
            assertThat(batch.result().toCompletableFuture()).isCompleted();
            assertThat(batch.progress()).isEqualTo(new BatchProgress(0, 0, 0, 0, 0, 0));
            batch.cancel();
        }
    }

    @Test
    void aHandlerThatReturnsANullStageFailsItsJob() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system, settings(1), (Integer job, JobContext context) -> (CompletionStage<Integer>) null)) {
            assertThatThrownBy(() -> get(pool.submit(1)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(NullPointerException.class)
                    .hasMessageContaining("returned a null stage");
        }
    }

    @Test
    void aDispatcherThatDoesNotExistIsNamed() {
        WorkerPoolSettings settings = settings(1);
        for (WorkerPoolSettings wrong : List.of(
                settings.withCallbackDispatcher("no.such"),
                settings.withAsyncDispatcher("no.such"),
                settings.withControlDispatcher("no.such"))) {
            assertThatThrownBy(() -> WorkerPool.startAsync(
                            system, wrong, (Integer job, JobContext context) -> (CompletionStage<Integer>) null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no.such")
                    .hasMessageContaining("allowed");
        }
        // Nothing was left behind by that: the name is still free.
        WorkerPool.start(system, settings, (Integer job) -> job).close();
    }

    /** Completing the future by hand is the caller's business; the job is run and counted all the same. */
    @Test
    void aFutureThatTheCallerCompletesChangesNothingElse() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            var future = pool.submit(1);
            future.complete(-1);
            get(pool.submit(2));
            assertThat(get(pool.stats()).succeeded()).isEqualTo(2);
        }
    }
}
