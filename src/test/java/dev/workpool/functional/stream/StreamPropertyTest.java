package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Deliveries;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * What holds of streams whatever happens: two of them beside a batch, of jobs of random cost that fail and are tried again, with any
 * order and window, while the pool is resized and paused, its workers are stopped from outside, and streams are cancelled, halted or
 * out of time at random moments, and the pool drained, closed or aborted in the midst of it. A failure prints its seed; threads make a
 * rerun of it likely to fail again, not certain.
 */
@Label("Streams")
class StreamPropertyTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static final int[] WINDOWS = {1, 2, 5, 16, 100, 4096};
    private static ActorSystem<Void> system;

    @BeforeContainer
    static void start() {
        system = ActorSystem.create(Behaviors.empty(), "streams");
    }

    @AfterContainer
    static void stop() {
        system.terminate();
    }

    private enum Order {
        ORDERED,
        AS_COMPLETED,
        KEYED,
        KEYED_STOPPING
    }

    private enum End {
        NONE,
        DRAIN,
        CLOSE,
        ABORT
    }

    /** A job and everything that may be known about it. */
    private static final class Job {
        final Course course;
        final int index;
        final int key;
        final int failures;
        final int spins;
        final AtomicInteger begun = new AtomicInteger();
        volatile boolean succeeded;

        Job(Course course, int index, Random random) {
            this.course = course;
            this.index = index;
            this.key = random.nextInt(random.nextBoolean() ? 3 : 40);
            this.failures = random.nextInt(12) == 0 ? 1 + random.nextInt(3) : 0;
            this.spins = random.nextInt(40) == 0 ? random.nextInt(60_000) : random.nextInt(300);
        }

        @Override
        public String toString() {
            return "job " + index + " of key " + key;
        }
    }

    /** A stream, what went into it, and what came out. */
    private static final class Course {
        final Order order;
        final StreamOptions<Job> options;
        final List<Job> taken = new ArrayList<>();
        final Deliveries<Job, Integer> deliveries;
        final AtomicInteger[] runningOfKey = new AtomicInteger[40];
        final int size;
        final boolean breaks;
        final boolean consumerThrows;
        final boolean hasTimeout;
        final CountDownLatch sourceClosed = new CountDownLatch(1);
        volatile String wrong;
        boolean cancelled;
        Processing stream;

        Course(Random random, Order order) {
            this.order = order;
            int window = WINDOWS[random.nextInt(WINDOWS.length)];
            this.size = random.nextInt(window < 10 ? 150 : 1_200); // a job of a small window takes a round trip
            this.breaks = random.nextInt(5) == 0;
            this.consumerThrows = random.nextInt(6) == 0;
            this.hasTimeout = random.nextInt(8) == 0;
            for (int i = 0; i < runningOfKey.length; i++) {
                runningOfKey[i] = new AtomicInteger();
            }
            int throwsAt = random.nextInt(1 + size);
            this.deliveries = new Deliveries<>() {
                @Override
                protected void onOutcome(Job job, Outcome<Integer> outcome) throws Exception {
                    if (consumerThrows && jobs().size() == throwsAt) {
                        throw new IOException("of the consumer");
                    }
                }
            };
            StreamOptions<Job> ofOrder = switch (order) {
                case ORDERED -> StreamOptions.ordered();
                case AS_COMPLETED -> StreamOptions.asCompleted();
                case KEYED -> StreamOptions.keyed(job -> job.key);
                case KEYED_STOPPING -> StreamOptions.<Job>keyed(job -> job.key).withStopKeyOnFailure(true);
            };
            BatchOptions batch = BatchOptions.defaults()
                    .withPriority(random.nextInt(3) - 1)
                    .withWeight(1 + random.nextInt(3))
                    .withRetry(
                            random.nextBoolean()
                                    ? RetryPolicy.never()
                                    : RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1)));
            if (hasTimeout) {
                batch = batch.withTimeout(Duration.ofMillis(1 + random.nextInt(40)));
            }
            if (random.nextInt(6) == 0) {
                batch = batch.withHalt(
                        (random.nextBoolean() ? HaltPolicy.now() : HaltPolicy.soon()).failed(1 + random.nextInt(20)));
            }
            this.options = ofOrder.withWindow(window).withBatch(batch);
        }

        /** Jobs until the size of it is reached. */
        private final class Source implements Iterator<Job>, AutoCloseable {
            private final Random random;

            Source(long seed) {
                this.random = new Random(seed);
            }

            @Override
            public boolean hasNext() {
                if (breaks && taken.size() == size / 2) {
                    throw new IllegalStateException("of the source");
                }
                return taken.size() < size;
            }

            @Override
            public Job next() {
                Job job = new Job(Course.this, taken.size(), random);
                taken.add(job);
                return job;
            }

            @Override
            public void close() {
                sourceClosed.countDown();
            }
        }

        Integer run(Job job) throws IOException {
            boolean keyed = order == Order.KEYED || order == Order.KEYED_STOPPING;
            if (runningOfKey[job.key].incrementAndGet() > 1 && keyed) {
                wrong = "two of a key at a time: " + job;
            }
            try {
                int attempt = job.begun.incrementAndGet();
                for (int i = 0; i < job.spins; i++) {
                    if (Thread.interrupted()) {
                        throw new CancellationException("interrupted");
                    }
                }
                if (attempt <= job.failures) {
                    throw new IOException("attempt " + attempt);
                }
                job.succeeded = true;
                return job.index;
            } finally {
                runningOfKey[job.key].decrementAndGet();
            }
        }

        /** Returns how many jobs of it the pool has accepted. */
        long check(End end) throws Exception {
            Throwable problem = deliveries.await(stream);
            sourceClosed.await();
            BatchProgress counts = stream.progress();
            assertThat(wrong).isNull();
            checkProblem(problem, end);
            List<Job> jobs = deliveries.jobs();
            assertThat(jobs).doesNotHaveDuplicates();
            boolean consumerHasThrown = problem instanceof IOException;
            if (!consumerHasThrown) {
                assertThat((long) jobs.size()).isEqualTo(counts.total());
            }
            if (problem == null
                    && !cancelled
                    && !hasTimeout
                    && options.batch().halt().equals(HaltPolicy.never())) {
                assertThat(jobs).hasSize(size);
            }
            checkOrder();
            BatchProgress seen = count();
            if (!consumerHasThrown) {
                assertThat(seen).isEqualTo(counts);
            }
            return counts.total();
        }

        private void checkProblem(Throwable problem, End end) {
            if (problem instanceof IOException) {
                assertThat(consumerThrows).isTrue();
            } else if (problem instanceof IllegalStateException) {
                assertThat(breaks).isTrue();
                assertThat(problem).hasMessage("of the source");
            } else if (problem instanceof RejectedExecutionException) {
                assertThat(end).isNotEqualTo(End.NONE);
            } else if (problem != null) {
                assertThat(problem).isInstanceOf(TimeoutException.class);
                assertThat(hasTimeout).isTrue();
            }
        }

        private void checkOrder() {
            List<Job> jobs = deliveries.jobs();
            if (order == Order.ORDERED) {
                for (int i = 0; i < jobs.size(); i++) {
                    assertThat(jobs.get(i).index).isEqualTo(i);
                }
            } else if (order != Order.AS_COMPLETED) {
                Map<Integer, Integer> next = new HashMap<>();
                List<List<Job>> byKey = new ArrayList<>();
                for (int key = 0; key < 40; key++) {
                    byKey.add(new ArrayList<>());
                }
                taken.forEach(job -> byKey.get(job.key).add(job));
                for (Job job : jobs) {
                    int position = next.merge(job.key, 1, Integer::sum) - 1;
                    assertThat(byKey.get(job.key).get(position))
                            .as("of key %d, in order", job.key)
                            .isSameAs(job);
                }
            }
        }

        private BatchProgress count() {
            long[] counts = new long[4];
            boolean[] keyFailed = new boolean[40];
            for (int i = 0; i < deliveries.jobs().size(); i++) {
                Job job = deliveries.jobs().get(i);
                Outcome<Integer> outcome = deliveries.outcomes().get(i);
                if (outcome instanceof Outcome.Succeeded<Integer> succeeded) {
                    assertThat(job.succeeded).isTrue();
                    assertThat(succeeded.value()).isEqualTo(job.index);
                    counts[0]++;
                } else if (outcome instanceof Outcome.Failed) {
                    counts[1]++;
                } else if (outcome instanceof Outcome.TimedOut) {
                    counts[2]++;
                } else {
                    assertThat(outcome).isInstanceOf(Outcome.Cancelled.class);
                    counts[3]++;
                }
                assertThat(job.begun.get()).as("%s: %s", job, outcome).isEqualTo(outcome.attempts());
                if (order == Order.KEYED_STOPPING) {
                    if (keyFailed[job.key]) {
                        assertThat(outcome.attempts())
                                .as("of a stopped key: %s", job)
                                .isZero();
                        assertThat(outcome.isSuccess()).isFalse();
                    }
                    keyFailed[job.key] |= outcome instanceof Outcome.Failed;
                }
            }
            return new BatchProgress(deliveries.jobs().size(), counts[0], counts[1], counts[2], counts[3], 0);
        }
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void whatGoesInComesOutOnceInItsOrderAndAddsUp(
            @ForAll long seed, @ForAll PoolKind wanted, @ForAll Order first, @ForAll Order second, @ForAll End end)
            throws Exception {
        PoolKind kind = PoolKind.all().anyMatch(wanted::equals) ? wanted : PoolKind.BLOCKING;
        for (int i = 0; i < SCALE; i++) {
            run(new Random(seed + i), kind, first, second, end);
        }
    }

    private static void run(Random random, PoolKind kind, Order first, Order second, End end) throws Exception {
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "run-" + POOLS.incrementAndGet())
                .withWorkers(1 + random.nextInt(4))
                .withCloseTimeout(Duration.ofMillis(random.nextInt(30)));
        WorkerPool<Job, Integer> pool = kind.start(system, settings, (job, context) -> job.course.run(job));
        List<Course> courses = List.of(new Course(random, first), new Course(random, second));
        Course beside = new Course(random, Order.AS_COMPLETED);
        for (Course course : courses) {
            course.stream = pool.process(course.new Source(random.nextLong()), course.options, course.deliveries);
        }
        List<Job> jobs = new ArrayList<>();
        for (int i = random.nextInt(500); i > 0; i--) {
            jobs.add(new Job(beside, i, random));
        }
        Batch<Integer> batch = pool.submitAll(jobs);
        boolean anyCancel = random.nextBoolean();
        for (int step = random.nextInt(8); step > 0; step--) {
            switch (random.nextInt(anyCancel ? 5 : 4)) {
                case 0 -> pool.resize(1 + random.nextInt(5));
                case 1 -> pool.pause();
                case 2 -> pool.resume();
                case 3 -> PoolActors.poison(system, pool, "router/worker-" + random.nextInt(4) + "-*");
                default -> {
                    Course course = courses.get(random.nextInt(2));
                    course.cancelled = true;
                    course.stream.cancel();
                }
            }
            for (int i = random.nextInt(30_000); i > 0; i--) {
                Thread.onSpinWait();
            }
        }
        pool.resume();
        switch (end) {
            case NONE -> {
                for (Course course : courses) {
                    course.deliveries.await(course.stream);
                }
                PoolTest.get(batch.result());
                pool.close();
            }
            case DRAIN -> PoolTest.get(pool.drain());
            case CLOSE -> pool.close();
            case ABORT -> PoolTest.get(pool.abort());
        }
        long accepted = jobs.size();
        for (Course course : courses) {
            accepted += course.check(end);
        }
        BatchResult<Integer> result = PoolTest.get(batch.result());
        assertThat(result.size()).isEqualTo(jobs.size());
        if (end == End.NONE || end == End.DRAIN) {
            assertThat(result.cancelled()).as("of the batch beside").isZero();
        }
        PoolStats stats = PoolTest.get(pool.stats());
        assertThat(stats.accepted()).isEqualTo(accepted);
        assertThat(stats.done()).isEqualTo(accepted);
        assertThat(stats.queued()).isZero();
        assertThat(stats.running()).isZero();
    }
}
