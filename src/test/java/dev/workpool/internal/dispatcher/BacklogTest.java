package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.event.Events;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.PagedList;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long AGEING_NS = 1_000_000_000;
    private static final WorkerPoolSettings SETTINGS =
            WorkerPoolSettings.create(ConfigFactory.load(), "p").withQueueCapacity(1_000, WhenFull.DROP_OLDEST);

    private long nowNs = 17;
    private final Map<Long, TestInbox<Collector.Command<String>>> collectors = new HashMap<>();
    private final Map<Long, Ledger<String>> ledgers = new HashMap<>();
    private final Backlog<Integer, String> backlog = new Backlog<>(
            SETTINGS,
            () -> nowNs,
            Runnable::run,
            (batchId, ledger, policy, events) -> {
                TestInbox<Collector.Command<String>> inbox = TestInbox.create();
                collectors.put(batchId, inbox);
                ledgers.put(batchId, ledger);
                return new Slice.BatchRef<>(batchId, inbox.getRef(), policy);
            },
            new JobTimes(() -> 0),
            Events.none());
    private final List<BatchResult<String>> results = new ArrayList<>();

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

    private BatchSubmission<Integer, String> batch(int jobs) {
        return batch(jobs, BatchOptions.defaults());
    }

    private BatchSubmission<Integer, String> batch(int jobs, BatchOptions options) {
        Integer[] array = new Integer[jobs];
        Arrays.setAll(array, i -> i);
        return new BatchSubmission<>(
                PagedList.copyOf(Arrays.asList(array)), options, BatchReceiver.of(null, Runnable::run, results::add));
    }

    private PoolStats stats() {
        return backlog.stats("p", new Router.Census(1, 0, 0));
    }

    @Test
    void aCollectorThatIsToldAgainAfterTheEndChangesNothing() {
        backlog.accept(batch(2));
        assertThat(backlog.next(2, 1).size()).isEqualTo(2);
        BatchProgress complete = new BatchProgress(2, 2, 0, 0, 0, 0);
        assertThat(backlog.update(1, complete)).isPresent();
        assertThat(backlog.update(1, complete)).isEmpty();
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(stats().succeeded()).isEqualTo(2);
    }

    @Test
    void cancellingAJobThatWasNeverAcceptedChangesNoCount() {
        backlog.reject(1);
        assertThat(backlog.singles().cancel(new Job())).isEqualTo(Holder.NOBODY);
        assertThat(backlog.queued()).isZero();
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(stats().cancelled()).isZero();
    }

    @Test
    void cancellingAJobThatAnAbortHasCancelledChangesNoCount() {
        Job job = new Job();
        backlog.accept(job);
        LongWork.finish(backlog.singles().cancelAll());
        assertThat(backlog.singles().cancel(job)).isEqualTo(Holder.NOBODY);
        assertThat(backlog.queued()).isZero();
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(job.outcomes).containsExactly(new Outcome.Cancelled<>(0));
    }

    @Test
    void cancellingAQueuedJobSettlesIt() {
        Job job = new Job();
        backlog.accept(job);
        assertThat(backlog.singles().cancel(job)).isEqualTo(Holder.QUEUE);
        assertThat(job.outcomes).containsExactly(new Outcome.Cancelled<>(0));
        assertThat(backlog.next(1, 1)).isNull();
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void cancellingAGrantedJobIsLeftToTheRouter() {
        Job job = new Job();
        backlog.accept(job);
        assertThat(backlog.next(1, 1).size()).isEqualTo(1);
        assertThat(backlog.singles().cancel(job)).isEqualTo(Holder.ROUTER);
        assertThat(job.outcomes).isEmpty();
        assertThat(backlog.isEmpty()).isFalse();
    }

    @Test
    void singleJobsAndBatchesTakeTurns() {
        backlog.accept(batch(4));
        backlog.accept(new Job());
        backlog.accept(new Job());
        List<Long> batches = new ArrayList<>();
        Slice<String> slice;
        while ((slice = backlog.next(2, 1)) != null) {
            batches.add(slice.batch().id());
        }
        assertThat(batches).startsWith(1L, 0L, 1L, 0L);
        assertThat(backlog.queued()).isZero();
    }

    @Test
    void batchesGoByTheirPriorityAndShareByTheirWeight() {
        backlog.accept(batch(3));
        backlog.accept(batch(30, BatchOptions.defaults().withPriority(1)));
        backlog.accept(batch(30, BatchOptions.defaults().withPriority(1).withWeight(2)));
        assertThat(List.of(backlog.next(30, 1), backlog.next(30, 1), backlog.next(99, 1), backlog.next(99, 1)))
                .extracting(slice -> slice.batch().id() + ":" + slice.size())
                .containsExactly("2:10", "3:20", "2:20", "3:10");
        assertThat(backlog.next(30, 1).batch().id()).isEqualTo(1);
    }

    @Test
    void singleJobsAreABatchOfPriorityZeroThatAges() {
        backlog.accept(batch(9, BatchOptions.defaults().withPriority(-1)));
        backlog.accept(batch(9, BatchOptions.defaults().withPriority(1)));
        nowNs += AGEING_NS;
        backlog.accept(new Job());
        assertThat(backlog.next(1, 1).batch().id()).isEqualTo(2);
        nowNs += AGEING_NS;
        assertThat(List.of(backlog.next(1, 1), backlog.next(1, 1), backlog.next(1, 1)))
                .extracting(slice -> slice.batch().id())
                .as("-1 has aged for two intervals, 0 for one, 1 for none")
                .containsExactly(2L, 1L, Backlog.SINGLES);
        backlog.accept(new Job());
        assertThat(backlog.next(8, 1).batch().id()).as("empty in between").isEqualTo(2);
    }

    @Test
    void aBatchWhoseJobsWereDroppedDoesNotLetItsPriorityAge() {
        backlog.accept(batch(1, BatchOptions.defaults().withPriority(-1)));
        assertThat(backlog.dropOldest("full")).isTrue();
        nowNs += 3 * AGEING_NS;
        backlog.accept(batch(1, BatchOptions.defaults().withPriority(1)));
        backlog.accept(batch(1, BatchOptions.defaults().withPriority(-1)));
        assertThat(backlog.next(1, 1).batch().id()).isEqualTo(2);
    }

    @Test
    void singleJobsThatWereCancelledDoNotLetTheirPriorityAge() {
        Job cancelled = new Job();
        backlog.accept(cancelled);
        backlog.singles().cancel(cancelled);
        Job cancelledAgain = new Job();
        backlog.accept(cancelledAgain);
        backlog.giveBack(backlog.next(1, 1));
        backlog.singles().cancel(cancelledAgain);
        nowNs += 3 * AGEING_NS;
        backlog.accept(batch(1, BatchOptions.defaults().withPriority(1)));
        backlog.accept(batch(1));
        assertThat(backlog.next(1, 1).batch().id()).isEqualTo(1);
    }

    @Test
    void theOldestJobIsDroppedWhereverItIsQueued() {
        Job first = new Job();
        backlog.accept(first);
        backlog.accept(batch(2));
        backlog.accept(batch(1));
        Job last = new Job();
        backlog.accept(last);
        Slice<String> granted = backlog.next(1, 1);
        assertThat(granted.batch().id()).isEqualTo(Backlog.SINGLES);
        List<Long> dropped = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(backlog.dropOldest("full")).isTrue();
            for (long batch = 1; batch <= 2; batch++) {
                if (collectors.get(batch).hasMessages()) {
                    collectors.get(batch).receiveMessage();
                    dropped.add(batch);
                }
            }
        }
        assertThat(dropped).containsExactly(1L, 1L, 2L);
        backlog.giveBack(granted);
        assertThat(backlog.dropOldest("full")).isTrue();
        assertThat(last.outcomes).isEmpty();
        assertThat(collectors.get(Backlog.SINGLES).receiveMessage())
                .isEqualTo(new Collector.Settle<>(0, 1, new Outcome.Rejected<String>("full")));
        assertThat(backlog.dropOldest("full")).isTrue();
        assertThat(last.outcomes).containsExactly(new Outcome.Rejected<>("full"));
        assertThat(backlog.dropOldest("full")).isFalse();
    }

    /** Held on to in the queue, they would be held on to until a worker is free. */
    @Test
    void ofBatchesWhoseJobsWereDroppedNothingIsLeft() {
        List<WeakReference<Object>> dropped = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            BatchSubmission<Integer, String> submission = batch(1);
            dropped.add(new WeakReference<>(submission));
            backlog.accept(submission);
            assertThat(backlog.dropOldest("full")).isTrue();
            backlog.update(i + 1, new BatchProgress(1, 0, 0, 0, 0, 1));
        }
        ledgers.clear();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (dropped.stream().anyMatch(each -> each.get() != null)) {
            assertThat(System.nanoTime())
                    .as("jobs that were dropped are held on to")
                    .isLessThan(deadline);
            System.gc();
        }
    }

    @Test
    void whatComesBackOfAnExhaustedBatchKeepsItsPriority() {
        backlog.accept(batch(2, BatchOptions.defaults().withPriority(5)));
        backlog.accept(batch(2));
        Slice<String> granted = backlog.next(2, 1);
        backlog.giveBack(granted);
        assertThat(backlog.next(1, 1).batch().id()).isEqualTo(1);
    }

    @Test
    void cancellingABatchSettlesWhatIsQueued() {
        BatchSubmission<Integer, String> cancelled = batch(5);
        backlog.accept(cancelled);
        backlog.accept(batch(3));
        assertThat(backlog.next(4, 1).size()).as("half of what is wanted").isEqualTo(2);
        Backlogs.stop(backlog, cancelled, StopReason.CANCELLED);
        assertThat(backlog.queued()).isEqualTo(3);
        assertThat(collectors.get(1L).receiveMessage())
                .isEqualTo(new Collector.Settle<>(2, 3, new Outcome.Cancelled<String>(0)));
        assertThat(backlog.next(9, 1).batch().id()).isEqualTo(2);
        assertThat(backlog.next(9, 1)).isNull();
    }

    @Test
    void whatIsOpenWhenTheCollectorsAreGoneIsSettledByWhatMayHaveBegun() {
        Job queued = new Job();
        Job granted = new Job();
        backlog.accept(granted);
        assertThat(backlog.next(1, 1).size()).isEqualTo(1);
        backlog.accept(batch(4));
        assertThat(backlog.next(2, 1).size()).isEqualTo(2);
        backlog.accept(queued);
        ledgers.get(1L).settle(0, 1, new Outcome.Succeeded<>("known", 1));
        backlog.settleAll();
        Outcome<String> never = new Outcome.Cancelled<>(0);
        Outcome<String> perhaps = new Outcome.Cancelled<>(1);
        assertThat(results).hasSize(1);
        assertThat(results.get(0).outcomes())
                .containsExactly(new Outcome.Succeeded<>("known", 1), perhaps, never, never);
        assertThat(queued.outcomes).containsExactly(never);
        assertThat(granted.outcomes).containsExactly(perhaps);
        assertThat(backlog.isEmpty()).isTrue();
        PoolStats stats = stats();
        assertThat(stats.accepted()).isEqualTo(6);
        assertThat(stats.done()).isEqualTo(6);
    }

    @Test
    void whatComesBackIsGrantedAgainBeforeTheRest() {
        backlog.accept(batch(10));
        Slice<String> granted = backlog.next(4, 1);
        backlog.giveBack(granted.part(1, 4));
        assertThat(backlog.queued()).isEqualTo(9);
        Slice<String> again = backlog.next(10, 1);
        assertThat(again.first()).isEqualTo(1);
        assertThat(again.size()).isEqualTo(3);
        assertThat(backlog.next(10, 1).first()).isEqualTo(4);
        assertThat(backlog.queued()).isZero();
    }

    @Test
    void whatComesBackOfACancelledBatchIsSettled() {
        BatchSubmission<Integer, String> cancelled = batch(5);
        backlog.accept(cancelled);
        Slice<String> granted = backlog.next(5, 1);
        Backlogs.stop(backlog, cancelled, StopReason.CANCELLED);
        backlog.giveBack(granted);
        assertThat(backlog.queued()).isZero();
        assertThat(backlog.next(9, 1)).isNull();
        assertThat(collectors.get(1L).receiveMessage())
                .isEqualTo(new Collector.Settle<>(0, 5, new Outcome.Cancelled<String>(0)));
    }

    @Test
    void aJobCancelledOnItsWayBackIsSettledAndNotGrantedAgain() {
        List<Job> jobs = List.of(new Job(), new Job(), new Job());
        jobs.forEach(backlog::accept);
        Slice<String> granted = backlog.next(3, 1);
        assertThat(backlog.singles().cancel(jobs.get(1))).isEqualTo(Holder.ROUTER);
        backlog.giveBack(granted);
        assertThat(backlog.queued()).isEqualTo(2);
        assertThat(collectors.get(Backlog.SINGLES).receiveMessage())
                .isEqualTo(new Collector.Settle<>(1, 1, new Outcome.Cancelled<String>(0)));
        List<Long> again = new ArrayList<>();
        for (Slice<String> slice = backlog.next(9, 1); slice != null; slice = backlog.next(9, 1)) {
            for (int i = 0; i < slice.size(); i++) {
                again.add(slice.first() + i);
            }
        }
        assertThat(again).containsExactlyInAnyOrder(0L, 2L);
    }

    @Test
    void aJobThatHasComeBackIsCancelledInTheQueue() {
        Job job = new Job();
        backlog.accept(job);
        backlog.giveBack(backlog.next(1, 1));
        assertThat(backlog.singles().cancel(job)).isEqualTo(Holder.QUEUE);
        assertThat(backlog.queued()).isZero();
        assertThat(backlog.next(1, 1)).isNull();
    }

    @Test
    void singleJobsThatComeBackAfterAnAbortAreSettled() {
        backlog.accept(new Job());
        Slice<String> granted = backlog.next(1, 1);
        LongWork.finish(backlog.singles().cancelAll());
        backlog.giveBack(granted);
        assertThat(backlog.next(1, 1)).isNull();
        assertThat(collectors.get(Backlog.SINGLES).receiveMessage())
                .isEqualTo(new Collector.Settle<>(0, 1, new Outcome.Cancelled<String>(0)));
    }
}
