package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A handler that waits for its own pool is told so, instead of waiting for ever. */
class WaitingForItselfTest extends PoolTest {

    /** What a job may wait for. */
    private interface Way {
        Object await(WorkerPool<Integer, Object> pool) throws Exception;
    }

    private static final Map<String, Way> WAYS = Map.ofEntries(
            Map.entry("get", pool -> pool.submit(1).get()),
            Map.entry("get with a time", pool -> pool.submit(1).get(1, TimeUnit.HOURS)),
            Map.entry("join", pool -> pool.submit(1).join()),
            Map.entry(
                    "a stage of it", pool -> pool.submit(1).thenApply(it -> it).join()),
            Map.entry(
                    "a stage of a stage",
                    pool -> pool.submit(1)
                            .thenCompose(it -> pool.submit(2))
                            .handle((it, error) -> it)
                            .get()),
            Map.entry("a copy", pool -> pool.submit(1).copy().join()),
            Map.entry(
                    "a minimal stage",
                    pool -> pool.submit(1)
                            .minimalCompletionStage()
                            .toCompletableFuture()
                            .join()),
            Map.entry(
                    "two of them",
                    pool -> pool.submit(1)
                            .thenCombine(pool.submit(2), (one, two) -> one)
                            .join()),
            Map.entry(
                    "a batch",
                    pool -> future(pool.submitAll(List.of(1)).result()).join()),
            Map.entry(
                    "a batch for a time",
                    pool -> future(pool.submitAll(List.of(1)).result()).get(1, TimeUnit.HOURS)),
            Map.entry(
                    "a stage of a batch",
                    pool -> future(pool.submitAll(List.of(1)).result().thenApply(BatchResult::values))
                            .join()),
            Map.entry("the end", pool -> future(pool.drain()).join()),
            Map.entry("the end at once", pool -> future(pool.abort()).get()));

    static Stream<Arguments> ways() {
        return PoolKind.all()
                .filter(kind -> !kind.isAsync())
                .flatMap(kind -> WAYS.keySet().stream().sorted().map(way -> Arguments.of(kind, way)));
    }

    private static <T> CompletableFuture<T> future(CompletionStage<T> stage) {
        return stage.toCompletableFuture();
    }

    /** Runs a job in a pool of one worker, job 0; all others return at once. Gives back what its handler gets. */
    private Object run(PoolKind kind, Way way) throws Exception {
        CompletableFuture<WorkerPool<Integer, Object>> self = new CompletableFuture<>();
        CompletableFuture<Object> told = new CompletableFuture<>();
        try (WorkerPool<Integer, Object> pool = kind.start(system, settings(1), (job, context) -> {
            if (job == 0) {
                try {
                    told.complete(way.await(self.join()));
                } catch (Throwable t) {
                    told.complete(t); // abort() is among the ways, and decides the job's outcome
                }
            }
            return job;
        })) {
            self.complete(pool);
            pool.submit(0);
            return get(told);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void isTold(PoolKind kind, String way) throws Exception {
        assertThat(run(kind, WAYS.get(way)))
                .isInstanceOf(IllegalStateException.class)
                .asString()
                .contains("a handler of pool 'test-")
                .contains("compose the stages")
                .contains("another pool");
    }

    @Test
    void whatIsCompleteMayBeRead() throws Exception {
        CompletableFuture<CompletableFuture<Object>> done = new CompletableFuture<>();
        CompletableFuture<Batch<Object>> batch = new CompletableFuture<>();
        try (WorkerPool<Integer, Object> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            if (job > 0) {
                return job;
            }
            return List.of(
                    done.join().get(),
                    done.join().get(1, TimeUnit.HOURS),
                    done.join().join(),
                    done.join().thenApply(it -> it).join(),
                    future(batch.join().result()).join().values());
        })) {
            CompletableFuture<Object> one = pool.submit(1);
            get(one);
            done.complete(one);
            Batch<Object> two = pool.submitAll(List.of(2));
            get(two.result());
            batch.complete(two);
            assertThat(get(pool.submit(0))).isEqualTo(List.of(1, 1, 1, 1, List.of(2)));
        }
    }

    @Test
    void lookingIsNotWaiting() throws Exception {
        assertThat(run(PoolKind.SIMPLE, pool -> {
                    CompletableFuture<Object> one = pool.submit(1);
                    assertThat(one.isDone()).isFalse();
                    assertThat(one.getNow(7)).isEqualTo(7);
                    assertThatThrownBy(() -> one.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
                    return "looked";
                }))
                .isEqualTo("looked");
    }

    @Test
    void statisticsComeAtAnyTime() throws Exception {
        assertThat(run(PoolKind.SIMPLE, pool -> future(pool.stats()).join().workers()))
                .isEqualTo(1);
    }

    @Test
    void otherPoolsMayBeWaitedForAndOtherThreadsMayWait() throws Exception {
        try (WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job * 10)) {
            assertThat(run(
                            PoolKind.SIMPLE,
                            pool -> List.of(
                                    other.submit(1).join(),
                                    other.submit(2).thenApply(it -> it + 1).get(),
                                    future(other.submitAll(List.of(3)).result())
                                            .join()
                                            .values(),
                                    CompletableFuture.completedFuture(4)
                                            .thenApply(it -> it)
                                            .join())))
                    .isEqualTo(List.of(10, 21, List.of(30), 4));
        }
    }

    @Test
    void composedJobsOfOnePoolComeToAnEnd() throws Exception {
        CompletableFuture<WorkerPool<Integer, Integer>> self = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(system, settings(2), (Integer job, JobContext context) -> {
                    return job == 0
                            ? CompletableFuture.completedFuture(0)
                            : self.join().submit(0).thenApply(it -> it + job);
                })) {
            self.complete(pool);
            assertThat(get(pool.submit(5))).isEqualTo(5);
        }
    }

    // What a user cannot do to the stage of a batch

    @Test
    void theStageOfABatchIsTheBatchsOwn() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            gate.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            BatchResult<Integer> mine = BatchResult.of(List.of());
            assertThat(future(batch.result()).complete(mine)).isTrue();
            assertThat(future(batch.result()).cancel(true)).isTrue();
            assertThat(future(batch.result())).isNotDone();
            for (CompletionStage<?> stage :
                    List.of(batch.result(), batch.result().thenApply(it -> it))) {
                @SuppressWarnings("unchecked")
                CompletableFuture<Object> cast = (CompletableFuture<Object>) stage;
                Stream.<Runnable>of(
                                () -> cast.complete(mine),
                                () -> cast.completeExceptionally(new IllegalStateException()),
                                () -> cast.cancel(true),
                                () -> cast.obtrudeValue(mine),
                                () -> cast.obtrudeException(new IllegalStateException()),
                                () -> cast.completeAsync(() -> mine),
                                () -> cast.completeAsync(() -> mine, Runnable::run),
                                () -> cast.completeOnTimeout(mine, 1, TimeUnit.NANOSECONDS),
                                () -> cast.orTimeout(1, TimeUnit.NANOSECONDS))
                        .forEach(attempt ->
                                assertThatThrownBy(attempt::run).isInstanceOf(UnsupportedOperationException.class));
            }
            gate.countDown();
            assertThat(get(batch.result()).values()).containsExactly(1);
        }
    }

    @Test
    void errorsComeWrappedAsInAnyOtherStage() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            IllegalArgumentException error = new IllegalArgumentException("mine");
            CompletionStage<Integer> failed = pool.submitAll(List.of(1))
                    .result()
                    .thenApply(result -> {
                        throw error;
                    });
            Throwable seen = get(failed.handle((value, thrown) -> thrown));
            assertThat(seen).isInstanceOf(CompletionException.class).hasCause(error);
            assertThatThrownBy(() -> future(failed).get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .hasCause(error);
            CompletableFuture<Integer> job = pool.submit(1);
            get(job);
            job.obtrudeException(error);
            Throwable minimal = get(job.minimalCompletionStage().handle((value, thrown) -> thrown));
            assertThat(minimal).isInstanceOf(CompletionException.class).hasCause(error);
        }
    }
}
