package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.event.Events;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What the dispatcher does in parts: how much of it at a time, and what may come in between. */
class BacklogInPartsTest {
    private static final int MANY = 50_000;
    private static final Outcome<String> CANCELLED = new Outcome.Cancelled<>(0);

    private static final class Job extends Single<Integer, String> {
        final List<Outcome<String>> outcomes = new ArrayList<>();

        Job() {
            super(1);
        }

        @Override
        protected void settle(Outcome<String> outcome) {
            outcomes.add(outcome);
        }
    }

    /** A backlog, its collectors, and a router that only holds what it was granted. */
    private static final class Pool {
        final Map<Long, TestInbox<Collector.Command<String>>> inboxes = new HashMap<>();
        final Map<Long, Ledger<String>> ledgers = new HashMap<>();
        final List<BatchResult<String>> results = new ArrayList<>();
        final List<BatchSubmission<Integer, String>> batches = new ArrayList<>();
        final List<Job> singles = new ArrayList<>();
        final List<Slice<String>> granted = new ArrayList<>();
        final Set<Long> stopped = new HashSet<>();
        final Deque<LongWork.Task> tasks = new ArrayDeque<>();
        long nowNs = 1;
        boolean aborted;

        final Backlog<Integer, String> backlog = new Backlog<>(
                WorkerPoolSettings.create(ConfigFactory.load(), "p").withRetry(RetryPolicy.attempts(9)),
                () -> nowNs,
                new SerialExecutor(Runnable::run),
                (batchId, ledger, policy, events) -> {
                    TestInbox<Collector.Command<String>> inbox = TestInbox.create();
                    inboxes.put(batchId, inbox);
                    ledgers.put(batchId, ledger);
                    return new Slice.BatchRef<>(batchId, inbox.getRef(), policy);
                },
                new JobTimes(() -> 0),
                Events.none());

        Job single() {
            Job job = new Job();
            singles.add(job);
            backlog.accept(job);
            return job;
        }

        BatchSubmission<Integer, String> batch(int jobs) {
            BatchOptions options = BatchOptions.named(jobs % 2 == 0 ? "even" : "odd");
            BatchSubmission<Integer, String> submission = new BatchSubmission<>(
                    PagedList.copyOf(IntStream.range(0, jobs).boxed().toList()),
                    options,
                    BatchReceiver.of(null, Runnable::run, results::add));
            batches.add(submission);
            backlog.accept(submission);
            return submission;
        }

        Slice<String> grant(int most) {
            Slice<String> slice = backlog.next(most, 1);
            if (slice != null) {
                assertThat(stopped)
                        .as("batches of which nothing is granted")
                        .doesNotContain(slice.batch().id());
                granted.add(slice);
            }
            return slice;
        }

        void stop(OpenBatch<Integer, String> batch) {
            stopped.add(batch.batch.id());
            tasks.add(backlog.stop(batch, StopReason.CANCELLED));
        }

        void abort() {
            if (!aborted) {
                aborted = true;
                stopped.add(Backlog.SINGLES);
                tasks.add(backlog.singles().cancelAll());
                backlog.open().forEach(this::stop);
            }
        }

        /** Goes on with the oldest task, as far as so many steps allow. */
        void goOn(int steps) {
            LongWork.Task task = tasks.pollFirst();
            if (task != null && !task.goOn(new Steps(steps))) {
                tasks.addLast(task);
            }
        }

        /** A collector takes in what it was told. */
        void collect(long batchId) {
            TestInbox<Collector.Command<String>> inbox = inboxes.get(batchId);
            Ledger<String> ledger = ledgers.get(batchId);
            while (inbox.hasMessages()) {
                Collector.Command<String> command = inbox.receiveMessage();
                if (command instanceof Collector.Settle<String> settle) {
                    for (long index = settle.first(); index < settle.first() + settle.count(); index++) {
                        assertThat(ledger.isOpen(index)).as("settled once").isTrue();
                    }
                    ledger.settle(settle.first(), settle.count(), settle.outcome());
                } else if (command instanceof Collector.GiveUp<String> giveUp) {
                    ledger.settle(giveUp.index(), 1, new Outcome.Cancelled<>(1));
                }
            }
            backlog.update(batchId, ledger.progress());
        }

        void succeed(Slice<String> slice) {
            for (long index = slice.first(); index < slice.first() + slice.size(); index++) {
                ledgers.get(slice.batch().id()).settle(index, 1, new Outcome.Succeeded<>("", slice.attempt()));
            }
            collect(slice.batch().id());
        }

        void fail(Slice<String> slice, Random random) {
            for (long index = slice.first(); index < slice.first() + slice.size(); index++) {
                backlog.retry(
                        new Collector.Retry(slice.batch().id(), index, slice.attempt() + 1, random.nextInt(100), null));
            }
        }

        PoolStats stats() {
            return backlog.stats("p", new Router.Census(1, 0, 0));
        }

        void check() {
            PoolStats stats = stats();
            assertThat(stats.accepted()).isEqualTo(stats.done() + stats.queued() + stats.running());
            assertThat(backlog.queued()).isNotNegative();
            assertThat(backlog.held()).isNotNegative();
            assertThat(singles).allMatch(job -> job.outcomes.size() <= 1);
        }

        void assertAllHaveTheirOutcome() {
            assertThat(singles).allMatch(job -> job.outcomes.size() == 1);
            assertThat(results).hasSize(batches.size());
            assertThat(backlog.isEmpty()).isTrue();
            PoolStats stats = stats();
            assertThat(stats.accepted()).isEqualTo(stats.done());
        }
    }

    @Property(tries = 600)
    void whateverComesBetweenTwoPartsEachJobHasOneOutcome(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 250) int events, @ForAll boolean cutShort) {
        Random random = new Random(seed);
        Pool pool = new Pool();
        for (int i = 0; i < events; i++) {
            play(pool, random);
            pool.check();
        }
        if (cutShort) {
            pool.backlog.settleAll(); // as where the actor system ends in the midst of it
        } else {
            settleDown(pool, random);
            assertThat(pool.backlog.queued()).isZero();
            assertThat(pool.backlog.held()).isZero();
        }
        pool.assertAllHaveTheirOutcome();
    }

    private static void play(Pool pool, Random random) {
        int kind = random.nextInt(24);
        Slice<String> granted = pool.granted.isEmpty() ? null : pool.granted.get(random.nextInt(pool.granted.size()));
        if (kind < 3 && !pool.aborted) {
            pool.single();
        } else if (kind < 5 && !pool.aborted) {
            pool.batch(1 + random.nextInt(30));
        } else if (kind < 9) {
            pool.grant(1 + random.nextInt(8));
        } else if (kind < 14 && granted != null) {
            pool.granted.remove(granted);
            if (kind < 10) {
                pool.backlog.giveBack(granted);
            } else if (kind < 11) {
                pool.succeed(granted);
            } else {
                pool.fail(granted, random);
            }
        } else if (kind < 15) {
            pool.nowNs += random.nextInt(60);
            boolean done = pool.backlog.queueRetries(pool.nowNs, new Steps(1 + random.nextInt(20)));
            assertThat(done)
                    .isEqualTo(pool.backlog.nextDueNs() == TimerQueue.NEVER || pool.backlog.nextDueNs() > pool.nowNs);
        } else if (kind < 17 && !pool.batches.isEmpty()) {
            OpenBatch<Integer, String> batch = pool.backlog.find(pool.batches.get(random.nextInt(pool.batches.size())));
            if (batch != null) {
                pool.stop(batch);
            }
        } else if (kind < 18 && !pool.singles.isEmpty()) {
            pool.backlog.singles().cancel(pool.singles.get(random.nextInt(pool.singles.size())));
        } else if (kind < 19 && random.nextInt(20) == 0) {
            pool.abort();
        } else if (kind < 20) {
            pool.collect(List.copyOf(pool.inboxes.keySet()).get(random.nextInt(pool.inboxes.size())));
        } else {
            pool.goOn(1 + random.nextInt(30));
        }
    }

    private static void settleDown(Pool pool, Random random) {
        while (!pool.tasks.isEmpty()) {
            pool.goOn(1 + random.nextInt(30));
        }
        for (int i = 0; i < 10_000 && !pool.backlog.isEmpty(); i++) {
            pool.nowNs += 100;
            Backlogs.queueRetries(pool.backlog, pool.nowNs);
            while (pool.grant(9) != null) {
                // all that there are
            }
            pool.granted.forEach(pool::succeed);
            pool.granted.clear();
            pool.inboxes.keySet().forEach(pool::collect);
        }
    }

    // How much at a time

    /** How often a task has to be gone on with; each time no more may be done than a message allows. */
    private static int parts(LongWork.Task task, Runnable check) {
        int parts = 1;
        while (!task.goOn(Steps.ofMessage())) {
            check.run();
            parts++;
        }
        check.run();
        return parts;
    }

    private static int received(Pool pool, long batchId) {
        return pool.inboxes.get(batchId).getAllReceived().size();
    }

    @Example
    void manySingleJobsAreCancelledInParts() {
        Pool pool = new Pool();
        for (int i = 0; i < MANY; i++) {
            pool.single();
        }
        long[] before = {0};
        LongWork.Task task = pool.backlog.singles().cancelAll();
        assertThat(pool.backlog.queued()).as("at once").isZero();
        assertThat(pool.backlog.next(9, 1)).isNull();
        int parts = parts(task, () -> {
            long cancelled = pool.stats().cancelled();
            assertThat(cancelled - before[0]).isLessThanOrEqualTo(Steps.OF_A_MESSAGE);
            before[0] = cancelled;
        });
        assertThat(parts).isGreaterThan(MANY / Steps.OF_A_MESSAGE);
        assertThat(pool.singles).allMatch(job -> job.outcomes.equals(List.of(CANCELLED)));
    }

    @Example
    void aBatchInManyPiecesIsStoppedInParts() {
        Pool pool = new Pool();
        BatchSubmission<Integer, String> batch = pool.batch(MANY);
        inPieces(pool);
        LongWork.Task task = pool.backlog.stop(pool.backlog.find(batch), StopReason.CANCELLED);
        assertThat(pool.backlog.queued()).as("at once").isZero();
        assertThat(pool.backlog.next(9, 1)).isNull();
        int parts = parts(task, () -> assertThat(received(pool, 1)).isLessThanOrEqualTo(Steps.OF_A_MESSAGE));
        assertThat(parts).isGreaterThan(5);
    }

    /** Each job of the pool's batch comes back by itself. */
    private static void inPieces(Pool pool) {
        List<Slice<String>> pieces = new ArrayList<>();
        Slice<String> slice;
        while ((slice = pool.backlog.next(1, 1)) != null) {
            pieces.add(slice);
        }
        pieces.forEach(pool.backlog::giveBack);
    }

    @Example
    void parkedRetriesAreStoppedAndQueuedInParts() {
        for (boolean due : new boolean[] {true, false}) {
            Pool pool = new Pool();
            BatchSubmission<Integer, String> batch = pool.batch(MANY);
            Slice<String> slice;
            while ((slice = pool.backlog.next(MANY, 1)) != null) {
                pool.fail(slice, new Random(1));
            }
            pool.nowNs += 1_000;
            long[] before = {0};
            int parts = due
                    ? parts(steps -> pool.backlog.queueRetries(pool.nowNs, steps), () -> {
                        long queued = pool.backlog.queued();
                        assertThat(queued - before[0]).isLessThanOrEqualTo(Steps.OF_A_MESSAGE);
                        before[0] = queued;
                    })
                    : parts(
                            pool.backlog.stop(pool.backlog.find(batch), StopReason.CANCELLED),
                            () -> assertThat(received(pool, 1)).isLessThanOrEqualTo(Steps.OF_A_MESSAGE));
            assertThat(parts).isGreaterThan(5);
        }
    }

    @Example
    void openJobsAreShownInPartsAndInOrderWhateverBecomesOfThemMeanwhile() {
        Pool pool = new Pool();
        for (int i = 0; i < MANY; i++) {
            pool.single();
        }
        pool.grant(100);
        pool.backlog.singles().cancel(pool.singles.get(200));
        List<Single<Integer, String>> shown = new ArrayList<>();
        int[] before = {0};
        int parts = parts(pool.backlog.singles().visitOpen(shown::add), () -> {
            assertThat(shown.size() - before[0]).isLessThanOrEqualTo(Steps.OF_A_MESSAGE);
            before[0] = shown.size();
            pool.grant(5_000); // which goes on being open
        });
        assertThat(parts).isGreaterThan(MANY / Steps.OF_A_MESSAGE);
        List<Job> expected = new ArrayList<>(pool.singles);
        expected.remove(200);
        assertThat(shown).isEqualTo(expected);
    }

    @Example
    void batchesAreFoundByTheirName() {
        Pool pool = new Pool();
        BatchSubmission<Integer, String> two = pool.batch(2);
        pool.batch(3);
        BatchSubmission<Integer, String> four = pool.batch(4);
        assertThat(pool.backlog.named("even")).extracting(OpenBatch::submission).containsExactly(two, four);
        assertThat(pool.backlog.named("other")).isEmpty();
        pool.stop(pool.backlog.find(two));
        pool.goOn(Steps.OF_A_MESSAGE);
        pool.collect(two.number());
        assertThat(pool.backlog.find(two)).isNull();
        assertThat(pool.backlog.named("even")).extracting(OpenBatch::submission).containsExactly(four);
    }
}
