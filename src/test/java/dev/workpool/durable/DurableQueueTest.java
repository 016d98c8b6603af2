package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import akka.Done;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.enqueue.Lanes;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.StoredFailure;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkOptions;
import dev.workpool.support.NeedsPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a durable queue promises, on each kind of store. */
@Timeout(120)
abstract class DurableQueueTest extends StoreTest {
    DurableQueueTest(StoreKind kind) {
        super(kind);
    }

    static class OnSqlite extends DurableQueueTest {
        OnSqlite() {
            super(StoreKind.SQLITE);
        }
    }

    @NeedsPostgres
    static class OnPostgres extends DurableQueueTest {
        OnPostgres() {
            super(StoreKind.POSTGRES);
        }
    }

    /** A handler that waits until it may end. */
    private static final class Gate implements JobHandler.Simple<String, String> {
        final CountDownLatch begun;
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

        Gate(int begun) {
            this.begun = new CountDownLatch(begun);
        }

        @Override
        public String handle(String job) throws InterruptedException {
            seen.add(job);
            begun.countDown();
            mayEnd.await();
            return job;
        }
    }

    @Test
    void eachJobRunsAndHasItsOutcome() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withSegmentJobs(100));
        DurableBatch batch = get(queue.enqueueAll(texts(2_345)));
        Map<String, Integer> runs = new ConcurrentHashMap<>();
        WorkerPool<String, Integer> pool =
                closed(WorkerPool.start(system, settings(4), job -> runs.merge(job, 1, Integer::sum)));
        closed(queue.workOn(pool));

        BatchProgress counts = get(batch.ended());

        assertThat(counts.succeeded()).isEqualTo(2_345);
        assertThat(runs).hasSize(2_345).allSatisfy((job, n) -> assertThat(n).isEqualTo(1));
        assertThat(get(queue.stats())).isEqualTo(new QueueStats(false, 0, 0, 0, Duration.ZERO, 0));
    }

    @Test
    void jobsOutliveTheStoreThatTheyWereEnqueuedIn() throws Exception {
        assumeTrue(kind == StoreKind.SQLITE, "a database serves the next store anyway, as other tests show");
        Path directory = Files.createTempDirectory("workpool-reopen");
        QueueSettings settings = queueSettings();
        long id;
        try (JobStore first = JobStore.sqlite(directory.resolve("jobs.db"))) {
            id = get(DurableQueue.open(system, first, settings, JobCodec.strings(), QueueOrder.byPriority())
                            .enqueueAll(texts(10)))
                    .id();
        }
        try (JobStore second = JobStore.sqlite(directory.resolve("jobs.db"))) {
            DurableQueue<String> queue =
                    DurableQueue.open(system, second, settings, JobCodec.strings(), QueueOrder.byPriority());
            DurableBatch batch = get(queue.batch(id)).orElseThrow();
            WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> job));
            try (QueueWork work = queue.workOn(pool)) {
                assertThat(batch.await(LONG).succeeded()).isEqualTo(10);
                assertThat(work.stats().succeeded()).isEqualTo(10);
            }
        }
    }

    @Test
    void theSameKeyAgainChangesNothing() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());

        DurableBatch first = get(queue.enqueue("newsletter-47", texts(3)));
        DurableBatch again = get(queue.enqueue("newsletter-47", texts(5)));

        assertThat(first.isNew()).isTrue();
        assertThat(again.isNew()).isFalse();
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.jobs()).isEqualTo(3);
        assertThat(get(queue.stats()).waiting()).isEqualTo(3);
        assertThat(get(queue.batch("newsletter-47")).map(DurableBatch::id)).contains(first.id());
        assertThat(get(queue.batch("another"))).isEmpty();
    }

    @Test
    void resultsAreKeptIfAsked() throws Exception {
        DurableQueue<String> queue =
                queue(queueSettings().withKeptOutcomes(KeptOutcomes.ALL).withSegmentJobs(7));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(3), job -> {
            if (job.endsWith("5")) {
                throw new IllegalStateException("no " + job);
            }
            return job + "!";
        }));
        closed(queue.workOn(pool, WorkOptions.keepingResults(JobCodec.strings())));
        DurableBatch batch = get(queue.enqueueAll(texts(30)));

        BatchResult<String> result = get(batch.result(JobCodec.strings()));

        assertThat(result.counts()).isEqualTo(new BatchProgress(30, 27, 3, 0, 0, 0));
        assertThat(result.outcomes().get(4)).isEqualTo(new Outcome.Succeeded<>("job 4!", 1));
        assertThat(result.failures()).extracting(BatchResult.Failure::index).containsExactly(5, 15, 25);
        assertThat(result.failures().get(0).error())
                .isInstanceOf(StoredFailure.class)
                .hasMessage("java.lang.IllegalStateException: no job 5");
    }

    @Test
    void failuresAreKeptByDefaultAndBecomeDeadLetters() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            if (job.equals("job 3")) {
                throw new IllegalStateException("broken");
            }
            return job;
        }));
        closed(queue.workOn(pool));
        DurableBatch batch = get(queue.enqueueAll(texts(5)));

        assertThat(get(batch.result()).failures())
                .extracting(BatchResult.Failure::index)
                .containsExactly(3);

        List<DeadLetter<String>> dead = get(queue.deadLetters(0, 10));
        assertThat(dead).hasSize(1);
        assertThat(dead.get(0).job()).contains("job 3");
        assertThat(dead.get(0).batch()).isEqualTo(batch.id());
        assertThat(dead.get(0).index()).isEqualTo(3);
        assertThat(dead.get(0).error()).hasMessage("java.lang.IllegalStateException: broken");
        assertThat(dead.get(0).error().original()).contains("DurableQueueTest");
    }

    @Test
    void deadLettersAreRequeuedOrDiscarded() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        List<String> failing = Collections.synchronizedList(new ArrayList<>(List.of("job 1", "job 3")));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            if (failing.contains(job)) {
                throw new IllegalStateException("broken");
            }
            return job;
        }));
        closed(queue.workOn(pool));
        get(get(queue.enqueueAll(texts(5))).ended());
        List<DeadLetter<String>> dead = get(queue.deadLetters(0, 10));
        failing.clear();

        List<DurableBatch> again = get(queue.requeue(List.of(dead.get(0).id(), 4711L)));

        assertThat(again).hasSize(1);
        assertThat(get(again.get(0).ended())).isEqualTo(new BatchProgress(1, 1, 0, 0, 0, 0));
        assertThat(get(queue.discard(List.of(dead.get(0).id(), dead.get(1).id()))))
                .isEqualTo(1);
        assertThat(get(queue.deadLetters(0, 10))).isEmpty();
    }

    @Test
    void aJobIsTriedAgainAfterAWaitInTheStore() throws Exception {
        RetryPolicy policy = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1_100));
        DurableQueue<String> queue = queue(queueSettings().withRetry(policy).withKeptOutcomes(KeptOutcomes.ALL));
        Map<String, Integer> runs = new ConcurrentHashMap<>();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            int run = runs.merge(job, 1, Integer::sum);
            if ((job.equals("job 1") && run < 3) || job.equals("job 2")) {
                throw new IllegalStateException("attempt " + run);
            }
            return job;
        }));
        QueueWork work = closed(queue.workOn(pool));
        DurableBatch batch = get(queue.enqueueAll(texts(4)));

        BatchResult<Void> result = get(batch.result());

        assertThat(runs).isEqualTo(Map.of("job 0", 1, "job 1", 3, "job 2", 3, "job 3", 1));
        assertThat(result.outcomes().get(1)).isEqualTo(new Outcome.Succeeded<>(null, 3));
        assertThat(result.outcomes().get(2).attempts()).isEqualTo(3);
        assertThat(get(queue.deadLetters(0, 10)).get(0).history())
                .extracting(attempt -> attempt.attempt() + " " + attempt.error().getMessage())
                .containsExactly(
                        "1 java.lang.IllegalStateException: attempt 1",
                        "2 java.lang.IllegalStateException: attempt 2",
                        "3 java.lang.IllegalStateException: attempt 3");
        assertThat(work.stats().retried()).isEqualTo(4);
    }

    @Test
    void shortWaitsAreMadeWhereTheJobHasRun() throws Exception {
        RetryPolicy policy = RetryPolicy.attempts(5).withFixedBackoff(Duration.ofMillis(1));
        DurableQueue<String> queue = queue(queueSettings().withRetry(policy));
        AtomicInteger runs = new AtomicInteger();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            runs.incrementAndGet();
            throw new IllegalStateException("broken");
        }));
        QueueWork work = closed(queue.workOn(pool));

        BatchResult<Void> result = get(get(queue.enqueueAll(texts(1))).result());

        assertThat(result.outcomes().get(0).attempts()).isEqualTo(5);
        assertThat(runs).hasValue(5);
        assertThat(work.stats().retried()).isZero();
    }

    @Test
    void jobsThatComeSinglyAreStoredTogetherAndRun() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withKeptOutcomes(KeptOutcomes.ALL));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> job + "!"));
        closed(queue.workOn(pool, WorkOptions.keepingResults(JobCodec.strings())));

        List<DurableJob> jobs = new ArrayList<>();
        for (var each : texts(500).stream().map(queue::enqueue).toList()) {
            jobs.add(get(each));
        }

        for (int i = 0; i < jobs.size(); i++) {
            assertThat(get(jobs.get(i).outcome(JobCodec.strings())))
                    .isEqualTo(new Outcome.Succeeded<>("job " + i + "!", 1));
        }
        assertThat(jobs.stream().map(job -> job.batch().id()).distinct().count())
                .isLessThan(250);
    }

    @Test
    void theSameKeyOfASingleJobAgainChangesNothing() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        List<CompletableFuture<DurableJob>> asked = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            asked.add(queue.enqueue("job " + i, EnqueueOptions.keyed("key " + i % 20)));
        }
        Map<String, List<DurableJob>> byKey = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            byKey.computeIfAbsent("key " + i % 20, key -> new ArrayList<>()).add(get(asked.get(i)));
        }

        assertThat(byKey.values()).allSatisfy(same -> {
            assertThat(same).filteredOn(DurableJob::isNew).hasSize(1);
            assertThat(same)
                    .extracting(job -> job.batch().id() + "/" + job.index())
                    .containsOnly(same.get(0).batch().id() + "/" + same.get(0).index());
        });
        assertThat(get(queue.stats()).waiting()).isEqualTo(20);
        assertThat(get(queue.job("key 7")))
                .map(DurableJob::index)
                .contains(byKey.get("key 7").get(0).index());
        assertThat(get(queue.job("key 20"))).isEmpty();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        WorkerPool<String, Boolean> pool = closed(WorkerPool.start(system, settings(2), seen::add));
        closed(queue.workOn(pool));
        await().atMost(LONG).until(() -> get(queue.stats()).depth() == 0);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(texts(20));
    }

    @Test
    void jobsRunWhenTheyAreDueAndByPriority() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        get(queue.enqueue("much later", EnqueueOptions.defaults().withDelay(Duration.ofHours(1))));
        get(queue.enqueue("low", EnqueueOptions.defaults().withPriority(-1)));
        get(queue.enqueue("normal"));
        get(queue.enqueue("high", EnqueueOptions.defaults().withPriority(1)));
        assertThat(get(queue.stats())).satisfies(stats -> {
            assertThat(stats.waiting()).isEqualTo(3);
            assertThat(stats.scheduled()).isEqualTo(1);
        });
        Map<String, Instant> began = Collections.synchronizedMap(new LinkedHashMap<>());
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> {
            began.put(job, Instant.now());
            return job;
        }));
        closed(queue.workOn(pool));
        await().atMost(LONG).until(() -> began.size() == 3);
        assertThat(began.keySet()).containsExactly("high", "normal", "low");

        Duration delay = Duration.ofMillis(300);
        Instant due = Instant.now().plus(delay);
        get(queue.enqueue("later", EnqueueOptions.defaults().withDelay(delay)));
        get(queue.enqueue("at once"));
        await().atMost(LONG).until(() -> began.size() == 5);

        assertThat(began.get("later")).isAfterOrEqualTo(due.truncatedTo(ChronoUnit.MILLIS));
        assertThat(get(queue.stats()).scheduled()).isEqualTo(1);
    }

    @Test
    void jobsOfAKeyRunOneAfterAnotherInTheirOrder() throws Exception {
        DurableQueue<String> queue = DurableQueue.open(
                system,
                place.store(),
                queueSettings().withSegmentJobs(20).withKeptOutcomes(KeptOutcomes.ALL),
                JobCodec.strings(),
                QueueOrder.keyed((String job) -> job.substring(0, job.indexOf(' ')))
                        .withLanes(8));
        Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicInteger overlaps = new AtomicInteger();
        for (int p = 0; p < 2; p++) {
            WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(3), job -> {
                String key = job.substring(0, job.indexOf(' '));
                AtomicInteger now = running.computeIfAbsent(key, k -> new AtomicInteger());
                if (now.incrementAndGet() > 1) {
                    overlaps.incrementAndGet();
                }
                seen.computeIfAbsent(key, k -> Collections.synchronizedList(new ArrayList<>()))
                        .add(Integer.parseInt(job.substring(job.indexOf(' ') + 1)));
                now.decrementAndGet();
                return job;
            }));
            closed(queue.workOn(pool, WorkOptions.keepingResults(JobCodec.strings())));
        }
        List<DurableBatch> batches = new ArrayList<>();
        for (int b = 0; b < 5; b++) {
            int from = b * 200;
            batches.add(get(queue.enqueueAll(IntStream.range(from, from + 200)
                    .mapToObj(i -> "k" + i % 13 + " " + i)
                    .toList())));
        }

        for (int b = 0; b < 5; b++) {
            int from = b * 200;
            assertThat(get(batches.get(b).result(JobCodec.strings())).values())
                    .isEqualTo(IntStream.range(from, from + 200)
                            .mapToObj(i -> "k" + i % 13 + " " + i)
                            .toList());
        }
        assertThat(overlaps).hasValue(0);
        assertThat(seen)
                .hasSize(13)
                .allSatisfy((key, numbers) -> assertThat(numbers).isSorted());
    }

    /** Neither those that are claimed together with it nor those that come later. */
    @Test
    void aJobThatTakesLongHoldsUpNoOtherLane() throws Exception {
        QueueOrder<String> order = QueueOrder.keyed((String job) -> job.substring(0, job.indexOf(' ')))
                .withLanes(8);
        DurableQueue<String> queue = queue(queueSettings(), order);
        Lanes<String> lanes = new Lanes<>(8, order.keyOf().orElseThrow());
        CountDownLatch goOn = new CountDownLatch(1);
        Set<String> ran = ConcurrentHashMap.newKeySet();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            if (job.equals("k0 0")) {
                goOn.await();
            }
            ran.add(job);
            return job;
        }));
        List<DurableBatch> batches = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            int number = n;
            List<String> jobs =
                    IntStream.range(0, 40).mapToObj(i -> "k" + i + " " + number).toList();
            batches.add(get(queue.enqueueAll(jobs)));
            if (n == 0) {
                closed(queue.workOn(pool));
            }
            List<String> others = jobs.stream()
                    .filter(job -> lanes.of(job) != lanes.of("k0 0"))
                    .toList();
            assertThat(others).hasSizeGreaterThan(20);
            await().atMost(LONG).until(() -> ran.containsAll(others));
            assertThat(ran).doesNotContain("k0 " + n);
        }
        goOn.countDown();
        for (DurableBatch batch : batches) {
            assertThat(get(batch.ended()).succeeded()).isEqualTo(40);
        }
    }

    @Test
    void jobsOfAKeyKeepTheirOrderThoughTheyAreGivenBack() throws Exception {
        DurableQueue<String> queue = DurableQueue.open(
                system,
                place.store(),
                queueSettings().withSegmentJobs(10),
                JobCodec.strings(),
                QueueOrder.keyed((String job) -> job.substring(0, job.indexOf(' ')))
                        .withLanes(4));
        int jobs = 600;
        DurableBatch batch = get(queue.enqueueAll(
                IntStream.range(0, jobs).mapToObj(i -> "k" + i % 7 + " " + i).toList()));
        Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
        AtomicInteger runs = new AtomicInteger();
        WorkerPool<String, Boolean> pool = closed(WorkerPool.start(system, settings(3), job -> {
            runs.incrementAndGet();
            return seen.computeIfAbsent(
                            job.substring(0, job.indexOf(' ')), key -> Collections.synchronizedList(new ArrayList<>()))
                    .add(Integer.parseInt(job.substring(job.indexOf(' ') + 1)));
        }));
        for (int round = 1; round <= 6; round++) {
            int enough = Math.min(jobs, round * 60);
            QueueWork work = queue.workOn(pool);
            await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> runs.get() >= enough);
            get(work.drain());
        }
        closed(queue.workOn(pool));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(jobs);
        assertThat(runs).hasValue(jobs);
        assertThat(seen)
                .hasSize(7)
                .allSatisfy((key, numbers) -> assertThat(numbers).isSorted());
    }

    /** Somebody else runs the first again, and what is behind it must not run beside it. */
    @Test
    void jobsOfAKeyAreStoppedOnceOneBeforeThemIsKnownToBeLost() throws Exception {
        DurableQueue<String> queue = queue(
                queueSettings().withSegmentJobs(1),
                QueueOrder.keyed((String job) -> "key").withLanes(1));
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            seen.add(job);
            if (seen.size() == 1) {
                try (Connection connection = place.store().connection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("UPDATE workpool_segment SET lease_token = -1 WHERE lowest = 0");
                }
            } else if (seen.equals(List.of("first", "second"))) {
                new CountDownLatch(1).await(); // until it is stopped
            }
            return job;
        }));
        DurableBatch batch = get(queue.enqueueAll(List.of("first", "second")));
        closed(queue.workOn(pool));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(2);
        assertThat(seen)
                .isIn(
                        List.of("first", "second", "first", "second"),
                        List.of("first", "first", "second")); // the loss was known before the second began
    }

    @Test
    void aCancelledBatchRunsNoMore() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withSegmentJobs(10));
        DurableBatch batch = get(queue.enqueueAll(texts(1_000)));
        CountDownLatch begun = new CountDownLatch(2);
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            begun.countDown();
            new CountDownLatch(1).await(); // until it is interrupted
            return job;
        }));
        closed(queue.workOn(pool));
        begun.await();

        get(batch.cancel());

        BatchProgress counts = get(batch.ended());
        assertThat(counts).isEqualTo(new BatchProgress(1_000, 0, 0, 0, 1_000, 0));
        assertThat(get(queue.stats()).depth()).isZero();
        assertThat(get(queue.deadLetters(0, 1))).isEmpty();
    }

    /** A handler that does not stop when it is told does not hold that up. */
    @Test
    void aCancellationIsToldToHaveReachedAllAlsoWhileJobsStillRun() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(500)));
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch areBegun = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), (job, context) -> {
            begun.incrementAndGet();
            areBegun.countDown();
            while (end.getCount() > 0 || !context.isCancelled()) {
                LockSupport.parkNanos(1_000_000);
            }
            return job;
        }));
        closed(queue.workOn(pool));
        areBegun.await();
        CompletableFuture<Done> cancelled = batch.cancelled().toCompletableFuture();
        get(batch.progress());
        assertThat(cancelled).isNotDone();

        get(batch.cancel());

        get(cancelled);
        assertThat(get(batch.progress()).done()).isLessThan(500);
        end.countDown();
        assertThat(get(batch.ended()).cancelled()).isEqualTo(500);
        assertThat(begun).hasValue(2);
        get(batch.cancelled()); // of a batch that has ended
    }

    @Test
    void aBatchThatNobodyCancelsIsTakenForCancelledWhenItHasEnded() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        CompletableFuture<Done> cancelled = batch.cancelled().toCompletableFuture();
        get(batch.progress());
        assertThat(cancelled).isNotDone();
        closed(queue.workOn(closed(WorkerPool.start(system, settings(1), (String job) -> job))));
        get(cancelled);
        assertThat(get(batch.progress()).succeeded()).isEqualTo(3);
    }

    /** Dead letters have their own bytes, and what is tried again or cancelled is over in the end, too. */
    @Test
    void whatIsEncodedOfJobsGoesWhenTheyAreOver() throws Exception {
        DurableQueue<String> queue = queue(queueSettings()
                .withSegmentJobs(10)
                .withRetry(RetryPolicy.attempts(2).withFixedBackoff(Duration.ofSeconds(2))));
        DurableBatch batch = get(queue.enqueueAll(texts(1_000)));
        DurableBatch cancelled = get(queue.enqueueAll(texts(30)));
        assertThat(rows("workpool_payload")).isEqualTo(103);
        get(cancelled.cancel());
        assertThat(rows("workpool_payload")).isEqualTo(100);
        closed(queue.workOn(closed(WorkerPool.start(system, settings(2), (String job) -> {
            if (job.equals("job 7")) {
                throw new IllegalStateException("always");
            }
            return job;
        }))));
        await().atMost(LONG).until(() -> rows("workpool_payload") == 1); // of the job that is tried again
        assertThat(get(batch.ended()).failed()).isEqualTo(1);
        await().atMost(LONG).until(() -> rows("workpool_payload") == 0);
        List<DeadLetter<String>> dead = get(queue.deadLetters(0, 10));
        assertThat(dead)
                .singleElement()
                .satisfies(each -> assertThat(each.job()).contains("job 7"));
        get(queue.requeue(List.of(dead.get(0).id())));
        assertThat(rows("workpool_payload")).isEqualTo(1);
    }

    private long rows(String table) throws SQLException {
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void aPausedQueueIsNotWorkedOn() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        get(queue.pause());
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> job));
        QueueWork work = closed(queue.workOn(pool));
        DurableBatch batch = get(queue.enqueueAll(texts(10)));
        assertThat(get(queue.stats()).paused()).isTrue();
        assertThat(get(batch.progress()).done()).isZero();

        get(queue.resume());

        assertThat(get(batch.ended()).succeeded()).isEqualTo(10);
        assertThat(work.stats().claimed()).isEqualTo(10);
    }

    @Test
    void aPauseGivesBackWhatIsClaimedAndNotBegun() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(100)));
        Gate gate = new Gate(2);
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), gate));
        closed(queue.workOn(pool));
        gate.begun.await();

        get(queue.pause());
        await("nothing waits in the pool")
                .atMost(LONG)
                .until(() -> get(pool.stats()).queued() == 0);
        gate.mayEnd.countDown();

        await().atMost(LONG).until(() -> get(queue.stats()).claimed() == 0);
        assertThat(gate.seen).hasSize(2);
        assertThat(get(queue.stats()).waiting()).isEqualTo(98);
        assertThat(get(batch.progress()).succeeded()).isEqualTo(2);

        get(queue.resume());
        assertThat(get(batch.ended()).succeeded()).isEqualTo(100);
        assertThat(gate.seen).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void noAttemptIsForgottenWhenAJobIsGivenBackBetweenTwo() throws Exception {
        for (QueueOrder<String> order :
                List.of(QueueOrder.<String>byPriority(), QueueOrder.keyed((String job) -> job))) {
            DurableQueue<String> queue = queue(
                    queueSettings()
                            .withRetry(RetryPolicy.attempts(2)
                                    .withFixedBackoff(Duration.ofSeconds(1))
                                    .withJitter(false)),
                    order);
            AtomicInteger begun = new AtomicInteger();
            closed(queue.workOn(closed(WorkerPool.start(system, settings(2), (String job) -> {
                begun.incrementAndGet();
                throw new IllegalStateException("no luck");
            }))));
            DurableBatch batch = get(queue.enqueueAll(texts(1)));
            await().atMost(LONG).until(() -> begun.get() == 1);
            get(queue.pause());
            await("it waits for its next attempt in the store")
                    .atMost(LONG)
                    .until(() -> get(queue.stats()).claimed() == 0);
            get(queue.resume());

            assertThat(get(batch.ended()).failed()).isEqualTo(1);
            assertThat(begun).hasValue(2);
            assertThat(get(queue.deadLetters(0, 1)).get(0).attempts()).isEqualTo(2);
        }
    }

    @Test
    void aJobThatFailsWhileItsKeyIsGivenBackIsNotOvertaken() throws Exception {
        DurableQueue<String> queue = queue(
                queueSettings().withRetry(RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(10))),
                QueueOrder.keyed((String job) -> job.substring(0, 1)).withLanes(1));
        Gate gate = new Gate(2);
        AtomicInteger tries = new AtomicInteger();
        closed(queue.workOn(closed(WorkerPool.start(system, settings(2), (String job) -> {
            gate.handle(job);
            if (job.equals("b first") && tries.incrementAndGet() == 1) {
                throw new IllegalStateException("no luck");
            }
            return job;
        }))));
        DurableBatch batch = get(queue.enqueueAll(List.of("a first", "a second", "b first", "b second", "c")));
        gate.begun.await();
        get(queue.pause());
        await("the pool is told").atMost(LONG).until(() -> get(queue.stats()).waiting() == 1);
        gate.mayEnd.countDown(); // both that run end together, and those behind them come back together
        await().atMost(LONG).until(() -> get(queue.stats()).claimed() == 0);
        get(queue.resume());

        assertThat(get(batch.ended()).succeeded()).isEqualTo(5);
        assertThat(gate.seen.stream().filter(job -> job.startsWith("b")).toList())
                .containsExactly("b first", "b first", "b second");
    }

    @Test
    void whatIsClaimedRunsByPriorityInThePoolToo() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withSegmentJobs(10).withClaimAhead(Duration.ofSeconds(5)));
        List<String> urgent =
                IntStream.range(0, 10).mapToObj(i -> "urgent " + i).toList();
        Gate gate = new Gate(1);
        WorkerPool<String, String> pool = closed(WorkerPool.start(
                system,
                settings(1).withChunkMaxJobs(1),
                (String job) -> job.startsWith("quick") ? job : gate.handle(job)));
        closed(queue.workOn(pool));
        List<String> quick = IntStream.range(0, 50).mapToObj(i -> "quick " + i).toList();
        // Of jobs that are known to take no time more are claimed.
        get(get(queue.enqueueAll(quick)).ended());
        get(queue.pause());
        get(queue.enqueueAll(texts(10), EnqueueOptions.defaults().withPriority(-1_000)));
        get(queue.enqueueAll(urgent, EnqueueOptions.defaults().withPriority(1_000)));
        get(queue.resume());
        await("both wait in the pool")
                .atMost(LONG)
                .until(() -> get(queue.stats()).claimed() == 20);
        gate.mayEnd.countDown();

        await().atMost(LONG).until(() -> get(queue.stats()).depth() == 0);
        assertThat(List.copyOf(gate.seen).subList(0, 10)).containsExactlyElementsOf(urgent);
    }

    @Test
    void closingGivesBackWhatIsNotBegun() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(100)));
        Gate gate = new Gate(2);
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), gate));
        QueueWork work = queue.workOn(pool);
        gate.begun.await();

        var drained = work.drain();
        gate.mayEnd.countDown();
        get(drained);

        QueueStats left = get(queue.stats());
        assertThat(left.claimed()).isZero();
        assertThat(left.waiting()).isEqualTo(100 - gate.seen.size());
        assertThat(get(batch.progress()).succeeded()).isEqualTo(gate.seen.size());
        closed(queue.workOn(pool));
        assertThat(get(batch.ended()).succeeded()).isEqualTo(100);
        assertThat(gate.seen).hasSize(100);
    }

    @Test
    void jobsThatAreStoppedAtTheEndRunAgain() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withCloseTimeout(Duration.ofMillis(50)));
        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        CountDownLatch begun = new CountDownLatch(1);
        WorkerPool<String, String> stuck = closed(WorkerPool.start(system, settings(1), job -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return job;
        }));
        QueueWork first = queue.workOn(stuck);
        begun.await();
        first.close();

        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> job));
        closed(queue.workOn(pool));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(3);
    }

    @Test
    void enqueuedInATransactionOfTheUsersItIsThereWithItsCommit() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        try (Connection connection = place.store().connection()) {
            connection.setAutoCommit(false);
            queue.enqueueAll(connection, texts(3));
            connection.rollback();
        }
        assertThat(get(queue.stats()).depth()).isZero();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> job));
        closed(queue.workOn(pool));
        DurableBatch batch;
        try (Connection connection = place.store().connection()) {
            assertThatThrownBy(() -> queue.enqueueAll(connection, texts(3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("setAutoCommit(false)");
            connection.setAutoCommit(false);
            batch = queue.enqueueAll(connection, texts(3), EnqueueOptions.keyed("outbox"));
            connection.commit();
        }

        assertThat(get(batch.ended()).succeeded()).isEqualTo(3);
    }

    @Test
    void aTransactionalHandlerCannotEndItsTransaction() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(List.of("commit", "rollback", "close", "nothing")));
        WorkerPool<TransactionalTask, Object> pool =
                closed(WorkerPool.start(system, settings(1), TransactionalTask::run));
        closed(queue.workOn(pool, (job, connection) -> {
            switch (job) {
                case "commit" -> connection.commit();
                case "rollback" -> connection.rollback();
                case "close" -> connection.close();
                default -> connection.rollback(connection.setSavepoint());
            }
            return null;
        }));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(1);
        assertThat(get(queue.deadLetters(0, 10)))
                .allSatisfy(dead -> assertThat(dead.error())
                        .hasMessageContaining("called " + dead.job().orElseThrow()))
                .hasSize(3);
    }

    @Test
    void whatATransactionalHandlerWritesIsThereOnce() throws Exception {
        DurableQueue<String> queue =
                queue(queueSettings().withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(5))));
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE bookings (job text)");
        }
        AtomicInteger calls = new AtomicInteger();
        Set<String> failed = ConcurrentHashMap.newKeySet();
        WorkerPool<TransactionalTask, Object> pool =
                closed(WorkerPool.start(system, settings(3), TransactionalTask::run));
        closed(queue.workOn(pool, (job, connection) -> {
            try (var insert = connection.prepareStatement("INSERT INTO bookings VALUES (?)")) {
                insert.setString(1, job);
                insert.executeUpdate();
            }
            calls.incrementAndGet();
            if (job.endsWith("7") && failed.add(job)) {
                throw new IllegalStateException("after it has written");
            }
            return job;
        }));
        DurableBatch batch = get(queue.enqueueAll(texts(100)));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(100);
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT job FROM bookings")) {
            List<String> booked = new ArrayList<>();
            while (rows.next()) {
                booked.add(rows.getString(1));
            }
            assertThat(booked).containsExactlyInAnyOrderElementsOf(texts(100));
        }
        assertThat(calls.get()).isGreaterThan(100);
    }

    @Test
    void anEmptyBatchHasEnded() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());

        DurableBatch batch = get(queue.enqueueAll(Stream.of(), EnqueueOptions.defaults()));

        assertThat(get(batch.ended())).isEqualTo(new BatchProgress(0, 0, 0, 0, 0, 0));
        assertThat(get(batch.result()).outcomes()).isEmpty();
    }

    @Test
    void aBatchThatDoesNotFitIntoMemoryIsEnqueuedAsAWhole() throws Exception {
        DurableQueue<byte[]> queue =
                DurableQueue.open(system, place.store(), queueSettings(), JobCodec.bytes(), QueueOrder.byPriority());
        byte[] job = new byte[10_000];
        DurableBatch batch = get(queue.enqueueAll(Stream.generate(() -> job).limit(2_000), EnqueueOptions.defaults()));
        AtomicInteger seen = new AtomicInteger();
        WorkerPool<byte[], Integer> pool =
                closed(WorkerPool.start(system, settings(2), each -> seen.addAndGet(each.length)));
        closed(queue.workOn(pool));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(2_000);
        assertThat(seen).hasValue(20_000_000);
    }

    @Test
    void jobsOfAPublisherAreEnqueuedWhenItHasCompleted() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withMaxJobBytes(100));
        SubmissionPublisher<String> publisher = new SubmissionPublisher<>();
        CompletableFuture<DurableBatch> published = queue.enqueueAll(publisher, EnqueueOptions.keyed("published"));
        texts(2_500).forEach(publisher::submit);
        assertThat(get(queue.stats()).depth()).isZero();
        publisher.close();
        assertThat(get(published).jobs()).isEqualTo(2_500);
        try (SubmissionPublisher<String> failing = new SubmissionPublisher<>()) {
            CompletableFuture<DurableBatch> batch = queue.enqueueAll(failing, EnqueueOptions.defaults());
            failing.submit("job");
            failing.closeExceptionally(new IllegalStateException("no more"));
            assertThatThrownBy(() -> get(batch)).hasRootCauseMessage("no more");
        }
        try (SubmissionPublisher<String> tooLarge = new SubmissionPublisher<>()) {
            CompletableFuture<DurableBatch> batch = queue.enqueueAll(tooLarge, EnqueueOptions.defaults());
            tooLarge.submit("x".repeat(101));
            assertThatThrownBy(() -> get(batch)).hasMessageContaining("has 101 bytes");
        }
        assertThat(get(queue.stats()).waiting()).isEqualTo(2_500);
    }

    @Test
    void mistakesAreNamed() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        QueueSettings settings = QueueSettings.create(system, queue.name());
        assertThatThrownBy(() -> queue(settings, QueueOrder.keyed(job -> job)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was made without keys, and is opened with keys in 64 lanes");
        assertThatThrownBy(() -> DurableQueue.open(system, place.store(), "q", null))
                .hasMessage("codec");
        assertThatThrownBy(() -> queue.enqueue("job", (EnqueueOptions) null)).hasMessage("options");
        assertThatThrownBy(() -> queue.batch("a\0b")).isInstanceOf(IllegalArgumentException.class);
        WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job);
        pool.close();
        assertThatThrownBy(() -> queue.workOn(pool)).hasMessageEndingWith("which takes no jobs");
        try (Connection foreign = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            foreign.setAutoCommit(false);
            assertThatThrownBy(() -> queue.enqueue(foreign, "job", EnqueueOptions.defaults()))
                    .hasMessageContaining("has no tables of the job store");
        }
        Path directory = Files.createTempDirectory("workpool-no-file");
        assertThatThrownBy(() -> DurableQueue.open(system, JobStore.sqlite(directory), "q", JobCodec.strings()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a directory");
        Files.delete(directory);
    }

    @Test
    void jobsThatCannotBeEnqueuedAreNamed() {
        DurableQueue<String> queue = queue(queueSettings().withMaxJobBytes(100));

        assertThatThrownBy(() -> queue.enqueueAll(List.of("short", "x".repeat(101))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("job 1 for queue")
                .hasMessageContaining("has 101 bytes")
                .hasMessageContaining("max-job-bytes");
        assertThatThrownBy(() -> queue.enqueueAll(java.util.Arrays.asList("short", null)))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> queue.enqueue("\ud800"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be encoded by JobCodec(string)");
        assertThatThrownBy(() -> EnqueueOptions.keyed("k".repeat(1 << 20))).hasMessageContaining("1048576 characters");
        assertThatThrownBy(() -> EnqueueOptions.keyed("half \ud83d")).hasMessageContaining("half of a surrogate pair");
        assertThat(EnqueueOptions.keyed("\ud83d\ude42").key()).isPresent();
    }

    @Test
    void aClassThatIsMissingWhenAJobIsDecodedFailsThatJobAlone() throws Exception {
        DurableQueue<String> queue = DurableQueue.open(
                system,
                place.store(),
                queueSettings(),
                new JobCodec<>() {
                    @Override
                    public String name() {
                        return "missing";
                    }

                    @Override
                    public int version() {
                        return 1;
                    }

                    @Override
                    public byte[] encode(String job) throws Exception {
                        return JobCodec.strings().encode(job);
                    }

                    @Override
                    public String decode(int version, byte[] bytes) throws Exception {
                        String job = JobCodec.strings().decode(1, bytes);
                        if (job.equals("job 1")) {
                            throw new NoClassDefFoundError("of a part of the job");
                        }
                        return job;
                    }
                },
                QueueOrder.byPriority());
        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> job));
        closed(queue.workOn(pool));

        BatchProgress counts = batch.await(ChronoUnit.FOREVER.getDuration());

        assertThat(counts.succeeded()).isEqualTo(2);
        assertThat(get(queue.deadLetters(0, 10))).singleElement().satisfies(dead -> {
            assertThat(dead.job()).isEmpty();
            assertThat(dead.error()).hasMessageContaining("NoClassDefFoundError");
        });
    }

    /** Nobody asks here whether it is cancelled everywhere: that would settle its jobs, too. */
    @Test
    void aBatchWhoseLastJobsAreFoundToBeCancelledEndsAtOnce() throws Exception {
        assumeTrue(kind == StoreKind.POSTGRES, "SQLite locks no rows");
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        try (Connection claim = claimOf(batch)) {
            get(batch.cancel());
            claim.rollback();
        }
        assertThat(get(batch.progress()).done()).isZero();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> job));
        closed(queue.workOn(pool));

        assertThat(batch.await(Duration.ofSeconds(20)).cancelled()).isEqualTo(3);
    }

    @Test
    void aCancellationIsNotConfirmedWhileSomebodyMayNotHaveSeenIt() throws Exception {
        assumeTrue(kind == StoreKind.POSTGRES, "SQLite locks no rows");
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        CompletableFuture<Done> cancelled;
        try (Connection claim = claimOf(batch)) {
            get(batch.cancel());
            cancelled = batch.cancelled().toCompletableFuture();
            get(batch.progress());
            assertThat(cancelled)
                    .as("whoever has locked it may not have seen that")
                    .isNotDone();
            claim.rollback();
        }

        get(cancelled);
        assertThat(batch.await(Duration.ofSeconds(20)).cancelled()).isEqualTo(3);
    }

    /** As if somebody was about to claim its jobs: their row is locked until this is rolled back. */
    private Connection claimOf(DurableBatch batch) throws SQLException {
        Connection claim = place.store().connection();
        claim.setAutoCommit(false);
        try (Statement statement = claim.createStatement()) {
            statement.execute("SELECT * FROM workpool_segment WHERE batch = " + batch.id() + " FOR UPDATE");
        }
        return claim;
    }

    @Test
    void whatFollowsAStageMayWaitForOthers() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());

        List<CompletableFuture<?>> stages = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            stages.add(queue.enqueue("a").thenApply(a -> queue.enqueue("b").join()));
            stages.add(queue.enqueueAll(texts(1))
                    .thenApply(a -> queue.stats().toCompletableFuture().join()));
            stages.add(queue.health()
                    .thenApply(a -> queue.enqueueAll(texts(1)).join())
                    .toCompletableFuture());
        }

        for (CompletableFuture<?> stage : stages) {
            get(stage);
        }
        assertThat(get(queue.stats()).waiting()).isEqualTo(24);
    }

    @Test
    void workThatCannotBeginLeavesNothingBehind() throws Exception {
        DurableQueue<String> queue = queue(queueSettings().withCloseTimeout(Duration.ofDays(1)));
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> job));
        assertThatThrownBy(() -> queue.workOn(pool, null)).hasMessage("options");

        place.store().close(); // which would wait for a day for work that has not begun

        assertThatThrownBy(() -> queue.workOn(pool)).hasMessage("the job store is closed");
    }

    @Test
    void aFullPoolTakesTheJobsInParts() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(300)));
        WorkerPool<String, String> pool = closed(WorkerPool.start(
                system, settings(2).withQueueCapacity(20, dev.workpool.settings.WhenFull.REJECT), job -> job));
        closed(queue.workOn(pool));

        assertThat(get(batch.ended()).succeeded()).isEqualTo(300);
    }

    @Test
    void workEndsWithItsPool() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        WorkerPool<String, String> pool = WorkerPool.start(system, settings(2), job -> job);
        QueueWork work = queue.workOn(pool);
        pool.close();

        get(work.whenEnded());

        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        assertThat(get(batch.progress()).done()).isZero();
        assertThat(get(queue.stats()).waiting()).isEqualTo(3);
        assertThat(Optional.of(work.stats().lostLeases())).contains(0L);
    }
}
