package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkOptions;
import dev.workpool.support.NeedsPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of a queue for all who work on it, on each kind of store. */
@Timeout(60)
abstract class QueueLimitsTest extends StoreTest {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Semaphore mayEnd = new Semaphore(0);

    QueueLimitsTest(StoreKind kind) {
        super(kind);
    }

    static class OnSqlite extends QueueLimitsTest {
        OnSqlite() {
            super(StoreKind.SQLITE);
        }
    }

    @NeedsPostgres
    static class OnPostgres extends QueueLimitsTest {
        OnPostgres() {
            super(StoreKind.POSTGRES);
        }
    }

    @BeforeEach
    void forgetJobs() {
        mayEnd.drainPermits();
        running.set(0);
        most.set(0);
    }

    @AfterEach
    void letJobsEnd() {
        mayEnd.release(1_000_000);
    }

    private DurableQueue<String> queue(QueueOrder<String> order) {
        return queue(queueSettings(), order);
    }

    private DurableQueue<String> queue() {
        return queue(QueueOrder.byPriority());
    }

    private void begun() {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
    }

    private String briefly(String job) {
        begun();
        LockSupport.parkNanos(5_000_000);
        running.decrementAndGet();
        return job;
    }

    private String untilItMayEnd(String job) throws InterruptedException {
        begun();
        try {
            mayEnd.acquire();
        } finally {
            running.decrementAndGet();
        }
        return job;
    }

    @Test
    void noMoreJobsRunThanTheQueueAllowsWhoeverWorks() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setConcurrency(OptionalInt.of(3)));
        DurableBatch first = get(queue.enqueueAll(texts(200)));
        DurableBatch second = get(queue.enqueueAll(texts(200)));
        QueueWork one = closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::briefly))));
        QueueWork other = closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::briefly))));

        assertThat(get(first.ended()).succeeded() + get(second.ended()).succeeded())
                .isEqualTo(400);
        assertThat(most.get()).isBetween(2, 3);
        assertThat(one.stats().released() + other.stats().released()).isLessThan(2_000);
    }

    @Test
    void aChangedLimitIsFollowed() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setConcurrency(OptionalInt.of(1)));
        DurableBatch batch = get(queue.enqueueAll(texts(60)));
        closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::untilItMayEnd))));
        await().until(() -> running.get() == 1);

        get(queue.setConcurrency(OptionalInt.of(3)));
        await().until(() -> running.get() == 3);
        assertThat(most).hasValue(3);

        get(queue.setConcurrency(OptionalInt.empty()));
        await().until(() -> running.get() == 4);

        mayEnd.release(1_000);
        assertThat(get(batch.ended()).succeeded()).isEqualTo(60);
    }

    @Test
    void aNewLimitTakesBackWhatThePoolHasNotBegun() throws Exception {
        DurableQueue<String> queue = queue();
        DurableBatch batch = get(queue.enqueueAll(texts(100)));
        closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::untilItMayEnd))));
        await().until(() -> running.get() == 4);
        get(queue.setConcurrency(OptionalInt.of(1)));
        await().until(() -> shares() == 4); // what runs is known

        mayEnd.release(3);
        await().until(() -> running.get() == 1);
        await().until(() -> shares() == 1);
        most.set(0);
        mayEnd.release(1_000);

        assertThat(get(batch.ended()).succeeded()).isEqualTo(100);
        assertThat(most).hasValue(1);
    }

    /** It is in the pool and does not run, as what has not begun: but it has been tried, and nobody has cancelled it. */
    @Test
    void aNewLimitTakesBackAJobBetweenTwoAttemptsAndForgetsNone() throws Exception {
        DurableQueue<String> queue = queue(
                queueSettings()
                        .withRetry(RetryPolicy.attempts(2)
                                .withFixedBackoff(Duration.ofSeconds(1))
                                .withJitter(false)),
                QueueOrder.byPriority());
        AtomicInteger begun = new AtomicInteger();
        WorkOptions<String> halting = WorkOptions.<String>defaults()
                .withBatch(BatchOptions.defaults().withHalt(HaltPolicy.soon().failed(5)));
        closed(queue.workOn(
                closed(WorkerPool.start(system, settings(2), (String job) -> {
                    begun.incrementAndGet();
                    throw new IllegalStateException("no luck");
                })),
                halting));
        DurableBatch batch = get(queue.enqueueAll(texts(1)));
        await().until(() -> begun.get() == 1);
        get(queue.setConcurrency(OptionalInt.of(1)));

        BatchProgress ended = get(batch.ended());
        assertThat(ended.failed()).isEqualTo(1);
        assertThat(ended.cancelled()).isZero();
        assertThat(begun).hasValue(2);
    }

    private long seenUntilMs() throws Exception {
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT coalesce(max(seen_until), 0) FROM workpool_worker")) {
            row.next();
            return row.getLong(1);
        }
    }

    private int shares() throws Exception {
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT coalesce(sum(share), 0) FROM workpool_worker")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void whatOneDoesNotNeedIsHadByOthers() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setConcurrency(OptionalInt.of(4)));
        closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::untilItMayEnd))));
        QueueWork ending = closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::untilItMayEnd))));
        DurableBatch batch = get(queue.enqueueAll(texts(40)));
        await().until(() -> running.get() == 4);

        var ended = ending.abort();
        get(ended);

        await().until(() -> running.get() == 4);
        mayEnd.release(1_000);
        assertThat(get(batch.ended()).succeeded()).isEqualTo(40);
        assertThat(most).hasValue(4);
    }

    @Test
    void theOrderOfKeysIsKeptUnderALimit() throws Exception {
        DurableQueue<String> queue = queue(QueueOrder.keyed(job -> job.substring(0, job.indexOf(' '))));
        get(queue.setConcurrency(OptionalInt.of(3)));
        Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
        for (int i = 0; i < 2; i++) {
            closed(queue.workOn(closed(WorkerPool.start(system, settings(4), (String job) -> {
                String key = job.substring(0, job.indexOf(' '));
                seen.computeIfAbsent(key, k -> Collections.synchronizedList(new ArrayList<>()))
                        .add(Integer.parseInt(job.substring(job.indexOf(' ') + 1)));
                return briefly(job);
            }))));
        }

        DurableBatch batch = get(queue.enqueueAll(
                IntStream.range(0, 150).mapToObj(i -> "k" + i % 7 + " " + i).toList()));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(150);
        assertThat(most.get()).isLessThanOrEqualTo(3);
        assertThat(seen)
                .hasSize(7)
                .allSatisfy((key, numbers) -> assertThat(numbers).isSorted());
    }

    @Test
    void transactionsAreLimitedToo() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setConcurrency(OptionalInt.of(1)));
        WorkerPool<TransactionalTask, Object> pool =
                closed(WorkerPool.start(system, settings(3), TransactionalTask::run));
        closed(queue.workOn(pool, (job, connection) -> briefly(job)));

        DurableBatch batch = get(queue.enqueueAll(texts(20)));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(20);
        assertThat(most).hasValue(1);
    }

    @Test
    void jobsBeginAtTheRateOfTheQueue() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setRate(Optional.of(new RateLimit(50, 1))));
        for (int i = 0; i < 2; i++) {
            closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::briefly))));
        }
        long sinceNs = System.nanoTime();

        DurableBatch batch = get(queue.enqueueAll(texts(60)));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(60);
        // 59 fiftieths of a second, but for what a timer may be late.
        assertThat(Duration.ofNanos(System.nanoTime() - sinceNs)).isGreaterThan(Duration.ofMillis(900));
        get(queue.setRate(Optional.empty()));
        assertThat(get(get(queue.enqueueAll(texts(1_000))).ended()).succeeded()).isEqualTo(1_000);
    }

    /** A permit is used when a job begins, and not when it is given to a pool that has no worker for it. */
    @Test
    void jobsThatWaitedBehindBusyWorkersBeginNoFasterThanTheRate() throws Exception {
        RateLimit rate = new RateLimit(40, 5);
        DurableQueue<String> queue = queue();
        get(queue.setRate(Optional.of(rate)));
        List<Long> begunNs = Collections.synchronizedList(new ArrayList<>());
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(8), (String job) -> {
            if (job.equals("long")) {
                mayEnd.acquire();
            } else {
                begunNs.add(System.nanoTime());
            }
            return job;
        }));
        pool.submitAll(Collections.nCopies(8, "long"));
        closed(queue.workOn(pool));
        DurableBatch batch = get(queue.enqueueAll(texts(60)));
        long sinceNs = System.nanoTime();
        await().until(() -> System.nanoTime() - sinceNs > 2_000_000_000L); // in which 80 permits come and go

        mayEnd.release(8);

        assertThat(get(batch.ended()).succeeded()).isEqualTo(60);
        List<Long> sorted = begunNs.stream().sorted().toList();
        double schedulingS = 0.5; // from the permit to the first instruction, on a busy machine
        for (int from = 0; from < sorted.size(); from++) {
            for (int to = from; to < sorted.size(); to++) {
                double seconds = (sorted.get(to) - sorted.get(from)) / 1e9 + schedulingS;
                assertThat((double) (to - from + 1)).isLessThanOrEqualTo(rate.burst() + rate.perSecond() * seconds);
            }
        }
    }

    /** A pool that has all jobs of its part at once is not counted for those that wait inside it. */
    @Test
    void aPoolThatIsSmallerThanItsPartLeavesTheRestToOthers() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setConcurrency(OptionalInt.of(8)));
        closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::untilItMayEnd))));
        DurableBatch first = get(queue.enqueueAll(texts(100)));
        await().until(() -> running.get() == 4);
        long seenMs = seenUntilMs();
        await().until(() -> seenUntilMs() > seenMs + 2_000); // it has told what it holds

        closed(queue.workOn(closed(WorkerPool.start(system, settings(4), this::untilItMayEnd))));
        DurableBatch second = get(queue.enqueueAll(texts(100)));

        await().until(() -> running.get() == 8);
        mayEnd.release(1_000);
        assertThat(get(first.ended()).succeeded() + get(second.ended()).succeeded())
                .isEqualTo(200);
        assertThat(most).hasValue(8);
    }

    @Test
    void aPoolThatIsMadeLargerKeepsToItsPart() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.setConcurrency(OptionalInt.of(2)));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), this::untilItMayEnd));
        closed(queue.workOn(pool));
        DurableBatch batch = get(queue.enqueueAll(texts(100)));
        await().until(() -> running.get() == 1);

        pool.resize(6);

        await().until(() -> running.get() >= 2);
        mayEnd.release(1_000);
        assertThat(get(batch.ended()).succeeded()).isEqualTo(100);
        assertThat(most).hasValue(2);
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> queue().setConcurrency(OptionalInt.of(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("concurrency of queue 'queue-\\d+' = 0; allowed: 1 to 1000000");
    }
}
