package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Accepted = succeeded + failed + cancelled, whatever happens: jobs of random cost that fail, throw errors and return null,
 * batches and futures cancelled at random moments, workers stopped from outside, and a pool that is drained, closed, aborted
 * or killed in the midst of it. A failure prints its seed; threads make a rerun of it likely to fail again, not certain.
 */
@Label("Conservation")
class ConservationTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static ActorSystem<Void> system;

    @BeforeContainer
    static void start() {
        system = ActorSystem.create(Behaviors.empty(), "conservation");
    }

    @AfterContainer
    static void stop() {
        system.terminate();
    }

    /** A job and everything that may be known about it. */
    private static final class Job {
        final int kind;
        final int spins;
        final AtomicInteger begun = new AtomicInteger();
        volatile String ended = "";

        Job(Random random) {
            this.kind = random.nextInt(20);
            this.spins = random.nextInt(50) == 0 ? random.nextInt(200_000) : random.nextInt(300);
        }
    }

    private enum End {
        DRAIN,
        CLOSE,
        ABORT,
        KILL
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void everyJobHasOneOutcomeAndItIsTrue(@ForAll long seed, @ForAll PoolKind wanted, @ForAll End end)
            throws Exception {
        PoolKind kind = PoolKind.all().anyMatch(wanted::equals) ? wanted : PoolKind.BLOCKING;
        for (int i = 0; i < SCALE; i++) {
            run(new Random(seed + i), kind, end);
        }
    }

    private static void run(Random random, PoolKind kind, End end) throws Exception {
        int workers = 1 + random.nextInt(4);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger strayInterrupts = new AtomicInteger();
        boolean anyCancel = random.nextInt(3) > 0;
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "run-" + POOLS.incrementAndGet())
                .withWorkers(workers)
                .withCloseTimeout(Duration.ofMillis(random.nextInt(30)));
        WorkerPool<Job, Integer> pool = kind.start(system, settings, (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                return handle(job, strayInterrupts);
            } finally {
                running.decrementAndGet();
            }
        });

        List<List<Job>> batchJobs = new ArrayList<>();
        List<Batch<Integer>> batches = new ArrayList<>();
        List<Job> singleJobs = new ArrayList<>();
        List<CompletableFuture<Integer>> singles = new ArrayList<>();
        int steps = 5 + random.nextInt(25);
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(anyCancel ? 6 : 4)) {
                case 0, 1 -> {
                    List<Job> jobs = someJobs(random, random.nextInt(kind.isAsync() ? 100 : 2_000));
                    batchJobs.add(jobs);
                    batches.add(pool.submitAll(jobs));
                }
                case 2 -> {
                    for (Job job : someJobs(random, random.nextInt(50))) {
                        singleJobs.add(job);
                        singles.add(pool.submit(job));
                    }
                }
                case 3 -> PoolActors.poison(system, pool, "router/worker-" + random.nextInt(workers) + "-*");
                case 4 -> {
                    if (!batches.isEmpty()) {
                        batches.get(random.nextInt(batches.size())).cancel();
                    }
                }
                default -> {
                    if (!singles.isEmpty()) {
                        singles.get(random.nextInt(singles.size())).cancel(true);
                    }
                }
            }
            for (int i = random.nextInt(20_000); i > 0; i--) {
                Thread.onSpinWait();
            }
        }
        switch (end) {
            case DRAIN -> PoolTest.get(pool.drain());
            case CLOSE -> pool.close();
            case ABORT -> PoolTest.get(pool.abort());
            default -> {
                PoolActors.poison(system, pool, "");
                PoolTest.get(pool.drain());
            }
        }

        long accepted = 0;
        for (int b = 0; b < batches.size(); b++) {
            BatchResult<Integer> result = PoolTest.get(batches.get(b).result());
            assertThat(result.outcomes()).hasSameSizeAs(batchJobs.get(b)).doesNotContainNull();
            assertThat(result.counts()).isEqualTo(batches.get(b).progress());
            assertThat(result.counts().done()).isEqualTo(result.size());
            for (int i = 0; i < result.size(); i++) {
                check(result.outcomes().get(i), batchJobs.get(b).get(i), end);
            }
            accepted += result.size() - result.rejected();
        }
        long perhapsAccepted = 0;
        for (int s = 0; s < singles.size(); s++) {
            boolean rejected = checkSingle(singles.get(s), singleJobs.get(s));
            // A future that was cancelled here does not tell whether its job was accepted before.
            if (singles.get(s).isCancelled()) {
                perhapsAccepted++;
            } else {
                accepted += rejected ? 0 : 1;
            }
        }
        PoolStats stats = PoolTest.get(pool.stats());
        assertThat(stats.accepted()).isBetween(accepted, accepted + perhapsAccepted);
        assertThat(stats.done()).isEqualTo(stats.accepted());
        assertThat(stats.queued()).isZero();
        assertThat(stats.running()).isZero();
        assertThat(stats.abandoned()).isZero();
        assertThat(most.get()).isLessThanOrEqualTo(workers);
        if (!anyCancel && end == End.DRAIN) {
            assertThat(stats.cancelled()).isZero();
            assertThat(strayInterrupts).hasValue(0);
        }
    }

    private static Integer handle(Job job, AtomicInteger strayInterrupts) throws IOException {
        job.begun.incrementAndGet();
        for (int i = 0; i < job.spins; i++) {
            if (Thread.interrupted()) {
                strayInterrupts.incrementAndGet();
                job.ended = "interrupted";
                throw new CancellationException("interrupted");
            }
        }
        switch (job.kind) {
            case 0 -> {
                job.ended = "failed";
                throw new IOException("for the test");
            }
            case 1 -> {
                job.ended = "failed";
                throw new LinkageError("for the test");
            }
            default -> {
                job.ended = "succeeded";
                return job.kind == 2 ? null : job.kind;
            }
        }
    }

    private static List<Job> someJobs(Random random, int count) {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(new Job(random));
        }
        return jobs;
    }

    private static void check(Outcome<Integer> outcome, Job job, End end) {
        assertThat(job.begun.get()).as("no job is run twice").isLessThanOrEqualTo(1);
        if (outcome instanceof Outcome.Succeeded) {
            assertThat(job.ended).isEqualTo("succeeded");
        } else if (outcome instanceof Outcome.Failed) {
            assertThat(job.ended).isEqualTo("failed");
        } else if (outcome instanceof Outcome.Cancelled && end != End.KILL) {
            assertThat(outcome.attempts()).isEqualTo(job.begun.get());
        } else {
            // Of a pool that was killed nobody knows what had begun, but what is said not to have begun has not.
            assertThat(outcome.attempts()).isGreaterThanOrEqualTo(job.begun.get());
        }
    }

    private static boolean checkSingle(CompletableFuture<Integer> single, Job job) throws Exception {
        Throwable error = PoolTest.get(single.handle((value, thrown) -> thrown));
        assertThat(job.begun.get()).as("no job is run twice").isLessThanOrEqualTo(1);
        if (error == null) {
            assertThat(job.ended).isEqualTo("succeeded");
        } else if (error instanceof IOException || error instanceof LinkageError) {
            assertThat(job.ended).isEqualTo("failed");
        } else if (error instanceof RejectedExecutionException) {
            assertThat(job.begun).hasValue(0);
            return true;
        } else {
            assertThat(error).isInstanceOf(CancellationException.class);
        }
        return false;
    }
}
