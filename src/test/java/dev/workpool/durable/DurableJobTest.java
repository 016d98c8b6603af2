package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.job.Outcome;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.support.NeedsPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that was enqueued by itself has its outcome, and is cancelled, by itself, although it is stored with others. */
@Timeout(120)
abstract class DurableJobTest extends StoreTest {
    DurableJobTest(StoreKind kind) {
        super(kind);
    }

    static class OnSqlite extends DurableJobTest {
        OnSqlite() {
            super(StoreKind.SQLITE);
        }
    }

    @NeedsPostgres
    static class OnPostgres extends DurableJobTest {
        OnPostgres() {
            super(StoreKind.POSTGRES);
        }
    }

    /** In a keyed queue the number under which a job is stored is another than its index. */
    enum Order {
        BY_PRIORITY,
        KEYED;

        QueueOrder<String> order() {
            return this == KEYED
                    ? QueueOrder.keyed((String job) -> job.substring(job.length() - 1))
                    : QueueOrder.byPriority();
        }
    }

    /** Jobs that are stored together, by what they are. */
    private static Map<String, DurableJob> together(DurableQueue<String> queue) throws Exception {
        Map<String, CompletableFuture<DurableJob>> asked = new TreeMap<>();
        texts(200).forEach(text -> asked.put(text, queue.enqueue(text)));
        Map<String, DurableJob> jobs = new TreeMap<>();
        for (String text : asked.keySet()) {
            jobs.put(text, get(asked.get(text)));
        }
        Map<Long, Long> sizes = jobs.values().stream()
                .collect(Collectors.groupingBy(job -> job.batch().id(), Collectors.counting()));
        long largest =
                sizes.keySet().stream().max(Comparator.comparing(sizes::get)).orElseThrow();
        assertThat(sizes.get(largest)).isGreaterThan(20);
        jobs.values().removeIf(job -> job.batch().id() != largest);
        return jobs;
    }

    /** Those that are cancelled in a test are in the midst of others. */
    private static String oneOf(Map<String, DurableJob> jobs) {
        return List.copyOf(jobs.keySet()).get(jobs.size() / 2);
    }

    private static Outcome<Void> cancelled(int attempts) {
        return new Outcome.Cancelled<>(attempts);
    }

    private static void assertOthersSucceed(Map<String, DurableJob> jobs, String cancelled) throws Exception {
        for (Map.Entry<String, DurableJob> each : jobs.entrySet()) {
            if (!each.getKey().equals(cancelled)) {
                assertThat(get(each.getValue().outcome())).isEqualTo(new Outcome.Succeeded<>(null, 1));
            }
        }
        DurableBatch batch = jobs.get(cancelled).batch();
        assertThat(get(batch.ended())).satisfies(counts -> {
            assertThat(counts.cancelled()).isEqualTo(1);
            assertThat(counts.succeeded()).isEqualTo(jobs.size() - 1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void itsOutcomeDoesNotWaitForOthersThatAreStoredWithIt(Order order) throws Exception {
        DurableQueue<String> queue = queue(queueSettings(), order.order());
        Map<String, DurableJob> jobs = together(queue);
        String slow = oneOf(jobs);
        CountDownLatch goOn = new CountDownLatch(1);
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(4), job -> {
            if (job.equals(slow)) {
                goOn.await();
            }
            return job;
        }));
        closed(queue.workOn(pool));
        String lane = slow.substring(slow.length() - 1);
        for (String job : jobs.keySet()) {
            boolean isBehind = order == Order.KEYED && job.endsWith(lane);
            if (!job.equals(slow) && !isBehind) {
                assertThat(get(jobs.get(job).outcome())).isEqualTo(new Outcome.Succeeded<>(null, 1));
            }
        }
        CompletableFuture<?> last = jobs.get(slow).outcome().toCompletableFuture();
        assertThat(last).isNotDone();
        assertThat(get(jobs.get(slow).batch().progress()).pending()).isPositive();
        goOn.countDown();
        assertThat(get(last)).isEqualTo(new Outcome.Succeeded<>(null, 1));
    }

    @ParameterizedTest
    @EnumSource
    void oneThatNobodyHasClaimedIsCancelledAlone(Order order) throws Exception {
        DurableQueue<String> queue = queue(queueSettings(), order.order());
        Map<String, DurableJob> jobs = together(queue);
        String unwanted = oneOf(jobs);

        get(jobs.get(unwanted).cancel());

        assertThat(get(jobs.get(unwanted).outcome())).isEqualTo(cancelled(0));
        Set<String> ran = ConcurrentHashMap.newKeySet();
        closed(queue.workOn(closed(WorkerPool.start(system, settings(2), ran::add))));
        assertOthersSucceed(jobs, unwanted);
        assertThat(ran).doesNotContain(unwanted);
    }

    @ParameterizedTest
    @EnumSource
    void oneThatRunsIsToldToStopAlone(Order order) throws Exception {
        DurableQueue<String> queue = queue(queueSettings(), order.order());
        Map<String, DurableJob> jobs = together(queue);
        String unwanted = oneOf(jobs);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(4), job -> {
            if (job.equals(unwanted)) {
                runs.countDown();
            }
            if (runs.getCount() == 0) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw e;
                }
            }
            return job;
        }));
        closed(queue.workOn(pool));
        runs.await();

        get(jobs.get(unwanted).cancel());

        assertThat(get(jobs.get(unwanted).outcome())).isEqualTo(cancelled(1));
        assertThat(interrupted).hasValue(1);
        goOn.countDown();
        assertOthersSucceed(jobs, unwanted);
        assertThat(get(queue.deadLetters(0, 10))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void oneThatAProcessHoldsBehindOthersIsCancelledWhileTheseRun(Order order) throws Exception {
        DurableQueue<String> queue = queue(queueSettings(), order.order());
        Map<String, DurableJob> jobs = together(queue);
        CountDownLatch goOn = new CountDownLatch(1);
        Set<String> ran = ConcurrentHashMap.newKeySet();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), job -> {
            ran.add(job);
            goOn.await();
            return job;
        }));
        QueueWork work = closed(queue.workOn(pool));
        await().atMost(LONG).until(() -> !ran.isEmpty());
        assertThat(work.stats().claimed()).isGreaterThan(1);
        String unwanted = jobs.keySet().stream()
                .filter(job -> !ran.contains(job))
                .toList()
                .get(jobs.size() / 2);

        get(jobs.get(unwanted).cancel());

        if (order == Order.KEYED) {
            goOn.countDown(); // one of a key has its turn when those before it have ended
        }
        assertThat(get(jobs.get(unwanted).outcome())).isEqualTo(cancelled(0));
        goOn.countDown();
        assertOthersSucceed(jobs, unwanted);
        assertThat(ran).doesNotContain(unwanted);
    }

    @Test
    void oneThatWaitsForThePermitOfALimitIsCancelledAlone() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        get(queue.setRate(Optional.of(new RateLimit(0.001, 1))));
        Map<String, DurableJob> jobs = together(queue);
        Set<String> ran = ConcurrentHashMap.newKeySet();
        QueueWork work = closed(queue.workOn(closed(WorkerPool.start(system, settings(2), ran::add))));
        await().atMost(LONG).until(() -> ran.size() == 1 && work.stats().claimed() > 1);
        String unwanted = oneOf(jobs);

        get(jobs.get(unwanted).cancel());

        assertThat(get(jobs.get(unwanted).outcome())).isEqualTo(cancelled(0));
        get(queue.setRate(Optional.empty()));
        assertOthersSucceed(jobs, unwanted);
        assertThat(ran).doesNotContain(unwanted);
    }

    @Test
    void oneThatWaitsForAnotherAttemptIsNotTriedAgain() throws Exception {
        RetryPolicy patient = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMinutes(10));
        DurableQueue<String> queue = queue(queueSettings().withRetry(patient));
        Map<String, DurableJob> jobs = together(queue);
        String unwanted = oneOf(jobs);
        AtomicInteger attempts = new AtomicInteger();
        WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(2), job -> {
            if (job.equals(unwanted)) {
                attempts.incrementAndGet();
                throw new IllegalStateException("not now");
            }
            return job;
        }));
        closed(queue.workOn(pool));
        await().atMost(LONG).until(() -> get(queue.stats()).scheduled() == 1);

        get(jobs.get(unwanted).cancel());

        assertThat(get(jobs.get(unwanted).outcome())).isEqualTo(cancelled(1));
        assertOthersSucceed(jobs, unwanted);
        assertThat(attempts).hasValue(1);
        assertThat(get(queue.deadLetters(0, 10))).isEmpty();
    }

    @Test
    void oneThatHasEndedKeepsItsOutcome() throws Exception {
        DurableQueue<String> queue = queue(queueSettings());
        Map<String, DurableJob> jobs = together(queue);
        closed(queue.workOn(closed(WorkerPool.start(system, settings(2), job -> job))));
        DurableJob job = jobs.get(oneOf(jobs));
        get(job.outcome());

        get(job.cancel());
        get(job.cancel());

        assertThat(get(job.outcome())).isEqualTo(new Outcome.Succeeded<>(null, 1));
        assertThat(get(job.batch().ended()).cancelled()).isZero();
    }

    /** Cancellations that meet jobs at any moment: enqueued, handed over, claimed, run, tried again, settled. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void eachHasOneOutcomeHoweverCancellationsMeetIt(long seed) throws Exception {
        Random random = new Random(seed);
        boolean isKeyed = seed % 2 == 0;
        boolean isTransactional = seed == 3;
        QueueSettings settings = queueSettings()
                .withKeptOutcomes(KeptOutcomes.ALL)
                .withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(5)));
        DurableQueue<String> queue = queue(settings, (isKeyed ? Order.KEYED : Order.BY_PRIORITY).order());
        Map<String, Integer> ran = new ConcurrentHashMap<>();
        if (isTransactional) {
            WorkerPool<TransactionalTask, Object> pool =
                    closed(WorkerPool.start(system, settings(3), TransactionalTask::run));
            closed(queue.workOn(pool, (job, connection) -> run(ran, job)));
        } else {
            closed(queue.workOn(closed(WorkerPool.start(system, settings(3), (String job) -> run(ran, job)))));
        }
        Map<String, DurableJob> jobs = new TreeMap<>();
        Set<String> unwanted = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<?>> stages = new ArrayList<>();
        for (int round = 0; round < 25; round++) {
            Map<String, CompletableFuture<DurableJob>> asked = new TreeMap<>();
            for (int i = 0; i < 40; i++) {
                String text = "round " + round + " job " + i;
                asked.put(text, queue.enqueue(text));
            }
            for (String text : asked.keySet()) {
                DurableJob job = get(asked.get(text));
                jobs.put(text, job);
                if (random.nextInt(3) == 0) {
                    unwanted.add(text);
                    stages.add(job.cancel().toCompletableFuture());
                    if (random.nextInt(4) == 0) {
                        stages.add(job.cancel().toCompletableFuture());
                    }
                }
            }
            if (random.nextInt(3) == 0) {
                LockSupport.parkNanos(random.nextInt(20_000_000));
            }
        }
        for (CompletableFuture<?> stage : stages) {
            get(stage);
        }
        int cancelled = 0;
        for (Map.Entry<String, DurableJob> each : jobs.entrySet()) {
            Outcome<Void> outcome = get(each.getValue().outcome());
            if (outcome instanceof Outcome.Cancelled) {
                cancelled++;
                assertThat(unwanted).contains(each.getKey());
                int calls = ran.getOrDefault(each.getKey(), 0);
                // An attempt may end while it waits for its transaction.
                assertThat(calls).isBetween(isTransactional ? 0 : outcome.attempts(), outcome.attempts());
            } else if (!unwanted.contains(each.getKey())) {
                assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
            }
        }
        assertThat(cancelled).as("of " + unwanted.size()).isBetween(1, unwanted.size());
        int counted = 0;
        for (DurableBatch batch : jobs.values().stream()
                .collect(Collectors.toMap(job -> job.batch().id(), DurableJob::batch, (one, other) -> one))
                .values()) {
            counted += (int) get(batch.ended()).cancelled();
        }
        assertThat(counted).isEqualTo(cancelled);
        assertThat(get(queue.stats()).depth()).isZero();
    }

    /** Some take their time, and some need another attempt. */
    private static String run(Map<String, Integer> ran, String job) {
        int attempt = ran.merge(job, 1, Integer::sum);
        if (job.hashCode() % 5 == 0) {
            LockSupport.parkNanos(3_000_000);
        }
        if (job.hashCode() % 7 == 0 && attempt == 1) {
            throw new IllegalStateException("once more");
        }
        return job;
    }
}
