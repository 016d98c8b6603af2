package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.WorkerPool;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A job that is submitted by itself, with options of its own. */
class JobOptionsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void itsResultAndItsErrorArriveAsThoseOfOthers(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> 10 / job)) {
            JobOptions options = JobOptions.defaults().withPriority(1);
            assertThat(get(pool.submit(5, options))).isEqualTo(2);
            assertThat(get(pool.submit(5, JobOptions.defaults()))).isEqualTo(2);
            assertThatThrownBy(() -> get(pool.submit(0, options))).cause().isInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void itHasATimeOutOfItsOwn() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> Handlers.hang())) {
            assertThatThrownBy(() -> get(pool.submit(1, JobOptions.defaults().withTimeout(Duration.ofMillis(20)))))
                    .cause()
                    .isInstanceOf(TimeoutException.class);
            pool.abort();
        }
    }

    @Test
    void itIsTriedAgainAsItSays() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> {
            if (calls.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            return job;
        })) {
            RetryPolicy thrice = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1));
            assertThat(get(pool.submit(4, JobOptions.defaults().withRetry(thrice))))
                    .isEqualTo(4);
            assertThat(calls.get()).isEqualTo(3);
        }
    }

    @Test
    void aHigherPriorityGoesFirst() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Queue<Integer> order = new ConcurrentLinkedQueue<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            if (job == 0) {
                begun.countDown();
                release.await();
            }
            order.add(job);
            return job;
        })) {
            pool.submit(0);
            begun.await();
            CompletableFuture<Integer> low =
                    pool.submit(1, JobOptions.defaults().withPriority(-1));
            CompletableFuture<Integer> plain = pool.submit(2);
            CompletableFuture<Integer> high =
                    pool.submit(3, JobOptions.defaults().withPriority(1));
            get(pool.stats());
            release.countDown();
            get(CompletableFuture.allOf(low, plain, high));
            assertThat(order).containsExactly(0, 3, 2, 1);
        }
    }

    @Test
    void itTakesAsManyPermitsAsItSays() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger besideHeavy = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(4), job -> {
            int now = running.incrementAndGet();
            if (job == 1) {
                besideHeavy.accumulateAndGet(now, Math::max);
            }
            Thread.onSpinWait();
            running.decrementAndGet();
            return job;
        })) {
            JobOptions all = JobOptions.defaults().withPermits(4);
            List<CompletableFuture<Integer>> jobs = new java.util.ArrayList<>();
            for (int i = 0; i < 100; i++) {
                jobs.add(pool.submit(0));
                jobs.add(pool.submit(1, all));
            }
            get(CompletableFuture.allOf(jobs.toArray(CompletableFuture[]::new)));
            assertThat(besideHeavy.get()).isEqualTo(1);
        }
    }

    @Test
    void toCancelItsFutureCancelsIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            begun.countDown();
            try {
                return Handlers.hang();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        })) {
            CompletableFuture<Integer> job =
                    pool.submit(1, JobOptions.defaults().withPriority(1));
            begun.await();
            assertThat(job.cancel(true)).isTrue();
            interrupted.await();
            assertThatThrownBy(() -> get(job)).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void oneThatIsNotAcceptedSaysWhy() throws Exception {
        WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(1, WhenFull.REJECT), job -> job);
        pool.close();
        assertThatThrownBy(() -> get(pool.submit(1, JobOptions.defaults().withPriority(1))))
                .cause()
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(() -> pool.submit(null, JobOptions.defaults().withPriority(1)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("job");
        assertThatThrownBy(() -> pool.submit(1, null)).hasMessage("options");
    }

    @Test
    void optionsAreEqualIfTheySayTheSame() {
        JobOptions options = JobOptions.defaults().withPriority(3).withTimeout(Duration.ofSeconds(1));
        assertThat(options)
                .isEqualTo(
                        JobOptions.defaults().withTimeout(Duration.ofSeconds(1)).withPriority(3))
                .hasSameHashCodeAs(
                        JobOptions.defaults().withTimeout(Duration.ofSeconds(1)).withPriority(3))
                .hasToString("JobOptions(priority 3, job time-out PT1S)")
                .isNotEqualTo(JobOptions.defaults());
        assertThat(JobOptions.defaults().withPriority(0))
                .isEqualTo(JobOptions.defaults())
                .hasToString("JobOptions(defaults)");
        assertThat(BatchOptions.named("n").withHedge(Duration.ofMillis(5)).withPermits(2))
                .hasToString("BatchOptions(name 'n', 2 permits, hedge PT0.005S)");
    }

    @Test
    void whatIsNotAllowedIsSaid() {
        JobOptions options = JobOptions.defaults();
        assertThatThrownBy(() -> options.withTimeout(Duration.ZERO))
                .hasMessage("time-out of a job = PT0S; allowed: 1 ms to 365 days");
        assertThatThrownBy(() -> options.withPriority(11)).hasMessage("priority of a job = 11; allowed: -10 to 10");
        assertThatThrownBy(() -> options.withPermits(0)).hasMessage("permits of a job = 0; allowed: 1 to 100000");
        assertThatThrownBy(() -> options.withDelay(Duration.ofMillis(-1)))
                .hasMessage("delay of a job = PT-0.001S; allowed: 0 to 365 days");
    }
}
