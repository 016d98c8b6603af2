package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Submits batches, single jobs and streams to a pool, one after another, cancels some of them, and checks what becomes of each job. */
final class SoakSubmitter extends Thread implements AutoCloseable {
    /** More often than any job loses its node. */
    private static final int MAX_RUNS = 1_000;

    private static final long OUTCOME_SECONDS = 120;

    private final TrialPool pool;
    private final Random random;
    private final AtomicBoolean finishing = new AtomicBoolean();
    private volatile Throwable failure;
    private final AtomicLong submitted = new AtomicLong();

    SoakSubmitter(ActorSystem<?> system, WorkingNodes processes, Random random) {
        super("submitter");
        this.pool = new TrialPool(system, processes::diaries, settings -> settings.withMaxRuns(MAX_RUNS));
        this.random = random;
    }

    @Override
    public void run() {
        try {
            while (!finishing.get()) {
                switch (random.nextInt(3)) {
                    case 0 -> batch();
                    case 1 -> singles();
                    default -> stream();
                }
                checkCensus();
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    private List<NodeJob> jobs(int most) {
        Kind kind = random.nextInt(4) == 0 ? Kind.LARGE : Kind.TAKE;
        List<NodeJob> jobs = TrialPool.jobs(
                1 + random.nextInt(most), kind, kind == Kind.LARGE ? random.nextInt(50_000) : random.nextInt(20));
        submitted.addAndGet(jobs.size());
        return jobs;
    }

    private void batch() throws Exception {
        List<NodeJob> jobs = jobs(500);
        Batch<String> batch = pool.pool().submitAll(jobs);
        boolean isCancelled = random.nextInt(4) == 0;
        if (isCancelled) {
            LockSupport.parkNanos(random.nextInt(500_000_000));
            batch.cancel();
        }
        BatchResult<String> result = batch.result().toCompletableFuture().get(OUTCOME_SECONDS, TimeUnit.SECONDS);
        assertThat(result.size()).isEqualTo(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            check(jobs.get(i), result.outcomes().get(i), isCancelled);
        }
    }

    private static void check(NodeJob job, Outcome<?> outcome, boolean mayBeCancelled) {
        if (outcome instanceof Outcome.Succeeded<?> succeeded) {
            assertThat(succeeded.value()).as("result of job %s", job.id()).isEqualTo(job.expected());
        } else {
            assertThat(mayBeCancelled && outcome instanceof Outcome.Cancelled)
                    .as("%s of %s", outcome, job)
                    .isTrue();
        }
    }

    private void singles() throws Exception {
        List<NodeJob> jobs = jobs(50);
        List<CompletableFuture<String>> results = new ArrayList<>();
        jobs.forEach(job -> results.add(pool.pool().submit(job)));
        int cancelled = random.nextBoolean() ? random.nextInt(jobs.size()) : -1;
        if (cancelled >= 0) {
            results.get(cancelled).cancel(true);
        }
        for (int i = 0; i < jobs.size(); i++) {
            if (i != cancelled) {
                assertThat(results.get(i).get(OUTCOME_SECONDS, TimeUnit.SECONDS))
                        .isEqualTo(jobs.get(i).expected());
            }
        }
    }

    private void stream() throws Exception {
        List<NodeJob> jobs = jobs(500);
        Map<Long, Outcome<?>> outcomes = new ConcurrentHashMap<>();
        List<Long> doubled = new ArrayList<>();
        Processing processing = pool.pool().process(jobs.iterator(), StreamOptions.asCompleted(), (job, outcome) -> {
            if (outcomes.put(job.id(), outcome) != null) {
                doubled.add(job.id());
            }
        });
        processing.result().toCompletableFuture().get(OUTCOME_SECONDS, TimeUnit.SECONDS);
        assertThat(doubled).as("jobs with two outcomes").isEmpty();
        assertThat(outcomes).hasSize(jobs.size());
        jobs.forEach(job -> check(job, outcomes.get(job.id()), false));
    }

    /** No job is lost or counted twice. */
    private void checkCensus() {
        PoolSnapshot counts = pool.pool().snapshot();
        assertThat(counts.accepted())
                .as("%s", counts)
                .isLessThanOrEqualTo(submitted.get())
                .isEqualTo(counts.done() + counts.queued() + counts.waiting() + counts.running());
    }

    void finish() {
        finishing.set(true);
    }

    /** Nothing was wrong, and each job is counted once. */
    void check() {
        if (failure != null) {
            throw new AssertionError(this + " after " + submitted + " jobs", failure);
        }
        pool.checkCounts(submitted.intValue());
        assertThat(ClusterPool.nodes(pool.pool())).allMatch(node -> node.out() == 0);
    }

    @Override
    public void close() {
        finish();
        pool.pool().abort();
    }

    @Override
    public String toString() {
        return submitted + " jobs, fenced "
                + ClusterPool.nodes(pool.pool()).stream()
                        .mapToLong(node -> node.fenced())
                        .sum();
    }
}
