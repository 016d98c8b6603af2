package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Jobs do not wait beside idle workers, even where the pool expects them to be cheap. The pool's own time stands still here, so no
 * chunk is ever overdue: only an idle worker can get what a busy one has not begun.
 */
@Timeout(60)
class NoIdlingTest {
    private static final ActorTestKit KIT = ActorTestKit.create("idle", ManualTime.config());
    private static final int WORKERS = 8;
    private static final int CHEAP_JOBS = 20_000;
    private static final int ROUNDS = 20;
    private static final int GROUPS = 25;

    /** A job that waits until as many as there are workers do. */
    private static final int WAIT = -1;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static int handle(int job, CyclicBarrier barrier) throws Exception {
        if (job == WAIT) {
            barrier.await(30, TimeUnit.SECONDS);
        }
        return job;
    }

    private static WorkerPoolSettings settings(String name) {
        return WorkerPoolSettings.create(KIT.system(), name).withWorkers(WORKERS);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static void run(WorkerPool<Integer, Integer> pool) throws Exception {
        List<Integer> cheap = IntStream.range(0, CHEAP_JOBS).boxed().toList();
        List<Integer> dependent = Stream.generate(() -> WAIT).limit(WORKERS).toList();
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(get(pool.submitAll(cheap).result()).isSuccess()).isTrue();
            assertThat(get(pool.submitAll(dependent).result()).failures()).isEmpty();
            for (CompletableFuture<Integer> single :
                    dependent.stream().map(pool::submit).toList()) {
                assertThat(get(single)).isEqualTo(WAIT);
            }
        }
    }

    @Test
    void blockingJobsThatWaitForEachOtherAllBegin() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(WORKERS);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(KIT.system(), settings("blocking"), (Integer job) -> handle(job, barrier))) {
            run(pool);
        }
    }

    @Test
    void asynchronousJobsThatWaitForEachOtherAllBegin() throws Exception {
        Meeting meeting = new Meeting();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                KIT.system(),
                settings("async"),
                (job, context) -> job == WAIT ? meeting.arrive() : CompletableFuture.completedFuture(job))) {
            run(pool);
        }
    }

    /** More jobs than workers in all: each worker would wait for a job of another group, did they not begin in their order. */
    @Test
    void groupsThatWaitForEachOtherBeginOneAfterAnotherWhereThereAreNoChunks() throws Exception {
        CyclicBarrier[] groups = new CyclicBarrier[GROUPS];
        Arrays.setAll(groups, group -> new CyclicBarrier(WORKERS));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                KIT.system(), settings("groups").withChunkMaxJobs(1), (Integer job) -> groups[job].await())) {
            List<Integer> jobs = IntStream.range(0, GROUPS * WORKERS)
                    .mapToObj(index -> index / WORKERS)
                    .toList();
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(get(pool.submitAll(jobs).result()).isSuccess()).isTrue();
                for (CompletableFuture<Integer> single :
                        jobs.stream().map(pool::submit).toList()) {
                    get(single);
                }
            }
        }
    }

    /** A barrier for stages: all complete when as many have come as there are workers. */
    private static final class Meeting {
        private final List<CompletableFuture<Integer>> here = new ArrayList<>();

        CompletionStage<Integer> arrive() {
            CompletableFuture<Integer> stage = new CompletableFuture<>();
            List<CompletableFuture<Integer>> complete = List.of();
            synchronized (here) {
                here.add(stage);
                if (here.size() == WORKERS) {
                    complete = List.copyOf(here);
                    here.clear();
                }
            }
            complete.forEach(each -> each.complete(WAIT));
            return stage;
        }
    }
}
