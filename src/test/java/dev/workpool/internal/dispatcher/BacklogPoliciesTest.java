package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.Events;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Retries, deadlines and halts, as the dispatcher keeps them. */
class BacklogPoliciesTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final BatchOptions RETRIED = BatchOptions.defaults().withRetry(RetryPolicy.attempts(5));
    private static final Outcome<String> STOPPED_AFTER_ONE = new Outcome.Cancelled<>(1);

    private long nowNs = -3 * SECOND_NS;
    private final Map<Long, TestInbox<Collector.Command<String>>> collectors = new HashMap<>();
    private final List<BatchResult<String>> results = new ArrayList<>();
    private Backlog<Integer, String> backlog = backlog(settings());

    private static WorkerPoolSettings settings() {
        return WorkerPoolSettings.create(ConfigFactory.load(), "p").withRetry(RetryPolicy.attempts(5));
    }

    private Backlog<Integer, String> backlog(WorkerPoolSettings settings) {
        return new Backlog<>(
                settings,
                () -> nowNs,
                Runnable::run,
                (batchId, ledger, policy, events) -> {
                    TestInbox<Collector.Command<String>> inbox = TestInbox.create();
                    collectors.put(batchId, inbox);
                    return new Slice.BatchRef<>(batchId, inbox.getRef(), policy);
                },
                new JobTimes(() -> 0),
                Events.none());
    }

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

    private BatchSubmission<Integer, String> accept(int jobs, BatchOptions options) {
        BatchSubmission<Integer, String> submission = new BatchSubmission<>(
                PagedList.copyOf(IntStream.range(0, jobs).boxed().toList()),
                options,
                BatchReceiver.of(null, Runnable::run, results::add));
        backlog.accept(submission);
        return submission;
    }

    private void fail(long batchId, long index, int attempt, long delayNs) {
        backlog.retry(new Collector.Retry(batchId, index, attempt + 1, delayNs, null));
    }

    private static void assertIs(Slice<String> slice, long batchId, int attempt, int... jobs) {
        assertThat(slice.batch().id()).isEqualTo(batchId);
        assertThat(slice.attempt()).isEqualTo(attempt);
        assertThat(Slices.jobs(slice))
                .isEqualTo(
                        IntStream.of(jobs).mapToObj(job -> batchId + ":" + job).toList());
    }

    @Test
    void aRetryIsQueuedAtItsTimeAndCarriesItsAttempt() {
        accept(40_000, RETRIED);
        while (backlog.next(40_000, 1) != null) {
            assertThat(backlog.isEmpty()).isFalse();
        }
        fail(1, 39_999, 1, 2 * SECOND_NS);
        fail(1, 3, 2, SECOND_NS);
        assertThat(backlog.queued()).isZero();
        assertThat(backlog.nextDueNs()).isEqualTo(nowNs + SECOND_NS);
        nowNs += SECOND_NS - 1;
        Backlogs.queueRetries(backlog, nowNs);
        assertThat(backlog.next(9, 1)).isNull();
        Backlogs.queueRetries(backlog, ++nowNs);
        assertThat(backlog.queued()).isEqualTo(1);
        assertIs(backlog.next(9, 1), 1, 3, 3);
        nowNs += SECOND_NS;
        Backlogs.queueRetries(backlog, nowNs);
        Slice<String> last = backlog.next(9, 1);
        assertIs(last, 1, 2, 39_999);
        assertThat(last.first()).isEqualTo(39_999);
        assertThat(backlog.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void aRetryThatComesBackUnstartedKeepsItsAttempt() {
        accept(2, RETRIED);
        backlog.next(2, 1);
        fail(1, 1, 1, 0);
        Backlogs.queueRetries(backlog, nowNs);
        backlog.giveBack(backlog.next(1, 1));
        assertIs(backlog.next(1, 1), 1, 2, 1);
    }

    @Test
    void stoppingABatchEndsItsRetriesByTheirAttempts() {
        BatchSubmission<Integer, String> batch = accept(3, RETRIED);
        backlog.next(3, 1);
        fail(1, 0, 1, SECOND_NS);
        fail(1, 1, 4, 0);
        Backlogs.queueRetries(backlog, nowNs);
        Backlogs.stop(backlog, batch, StopReason.CANCELLED);
        assertThat(collectors.get(1L).getAllReceived())
                .containsExactlyInAnyOrder(
                        new Collector.Settle<>(0, 1, STOPPED_AFTER_ONE),
                        new Collector.Settle<>(1, 1, new Outcome.Cancelled<String>(4)),
                        new Collector.SettleLinking<>());
        fail(1, 2, 1, 0);
        assertThat(collectors.get(1L).getAllReceived()).containsExactly(new Collector.GiveUp<>(2));
        Backlogs.queueRetries(backlog, nowNs + 9 * SECOND_NS);
        assertThat(backlog.next(9, 1)).isNull();
        assertThat(backlog.queued()).isZero();
    }

    @Test
    void aRetryOfABatchThatIsCompleteIsForgotten() {
        accept(1, RETRIED);
        backlog.next(1, 1);
        assertThat(backlog.update(1, new BatchProgress(1, 1, 0, 0, 0, 0))).isPresent();
        fail(1, 0, 1, 0);
        assertThat(backlog.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void cancellingASingleJobWhoseRetryWaitsSettlesIt() {
        Job parked = new Job();
        Job queued = new Job();
        Job onItsWay = new Job();
        List.of(parked, queued, onItsWay).forEach(backlog::accept);
        assertThat(backlog.next(3, 1).size()).isEqualTo(3);
        fail(Backlog.SINGLES, 0, 1, SECOND_NS);
        fail(Backlog.SINGLES, 1, 2, 0);
        Backlogs.queueRetries(backlog, nowNs);
        assertThat(backlog.singles().cancel(parked)).isEqualTo(Holder.QUEUE);
        assertThat(backlog.singles().cancel(queued)).isEqualTo(Holder.QUEUE);
        assertThat(backlog.singles().cancel(onItsWay)).isEqualTo(Holder.ROUTER);
        fail(Backlog.SINGLES, 2, 1, 0);
        assertThat(collectors.get(Backlog.SINGLES).getAllReceived())
                .containsExactly(
                        new Collector.Settle<>(0, 1, STOPPED_AFTER_ONE),
                        new Collector.Settle<>(1, 1, new Outcome.Cancelled<String>(2)),
                        new Collector.GiveUp<>(2));
        assertThat(backlog.queued()).isZero();
        assertThat(backlog.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void anAbortEndsRetriesOfSingleJobs() {
        List.of(new Job(), new Job()).forEach(backlog::accept);
        backlog.next(2, 1);
        fail(Backlog.SINGLES, 0, 1, SECOND_NS);
        LongWork.finish(backlog.singles().cancelAll());
        fail(Backlog.SINGLES, 1, 1, SECOND_NS);
        assertThat(collectors.get(Backlog.SINGLES).getAllReceived())
                .containsExactly(
                        new Collector.SettleLinking<>(),
                        new Collector.Settle<>(0, 1, STOPPED_AFTER_ONE),
                        new Collector.GiveUp<>(1));
    }

    @Test
    void theBudgetIsThePoolsAndJobsThatEndAddToIt() {
        backlog = backlog(settings().withRetryBudget(0.5, 0));
        accept(10, RETRIED);
        accept(10, RETRIED);
        backlog.next(10, 1);
        fail(1, 0, 1, 0);
        assertThat(collectors.get(1L).getAllReceived()).containsExactly(new Collector.GiveUp<>(0));
        backlog.update(1, new BatchProgress(10, 4, 0, 0, 0, 0));
        fail(1, 1, 1, 0);
        fail(2, 1, 1, 0);
        fail(2, 2, 1, 0);
        assertThat(collectors.get(1L).hasMessages()).isFalse();
        assertThat(collectors.get(2L).getAllReceived()).containsExactly(new Collector.GiveUp<>(2));
    }

    @Test
    void whatIsOpenAtTheEndIsSettledByTheAttemptsThatWereMade() {
        List<Job> singles = List.of(new Job(), new Job(), new Job());
        singles.forEach(backlog::accept);
        backlog.next(3, 1);
        accept(4, RETRIED);
        backlog.next(3, 1);
        fail(Backlog.SINGLES, 0, 2, SECOND_NS);
        fail(Backlog.SINGLES, 1, 1, 0);
        fail(1, 0, 3, SECOND_NS);
        fail(1, 1, 2, 0);
        Backlogs.queueRetries(backlog, nowNs);
        backlog.settleAll();
        assertThat(singles)
                .extracting(single -> single.outcomes)
                .containsExactly(
                        List.of(new Outcome.Cancelled<>(2)), List.of(STOPPED_AFTER_ONE), List.of(STOPPED_AFTER_ONE));
        assertThat(results.get(0).outcomes())
                .extracting(Outcome::attempts)
                .as("parked, queued again, granted, never granted")
                .containsExactly(3, 2, 1, 0);
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void batchesWhoseTimeIsOverAreNamedOnce() {
        BatchSubmission<Integer, String> late =
                accept(1, BatchOptions.defaults().withTimeout(Duration.ofSeconds(2)));
        BatchSubmission<Integer, String> later =
                accept(1, BatchOptions.defaults().withTimeout(Duration.ofSeconds(3)));
        accept(1, BatchOptions.defaults());
        assertThat(backlog.nextDueNs()).isEqualTo(nowNs + 2 * SECOND_NS);
        assertThat(Backlogs.takeLate(backlog, nowNs + 2 * SECOND_NS - 1)).isEmpty();
        assertThat(Backlogs.takeLate(backlog, nowNs + 2 * SECOND_NS)).containsExactly(late);
        assertThat(Backlogs.takeLate(backlog, nowNs + 9 * SECOND_NS)).containsExactly(later);
        assertThat(backlog.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void aBatchThatIsCompleteLeavesNoDeadline() {
        accept(1, BatchOptions.defaults().withTimeout(Duration.ofDays(365)));
        backlog.next(1, 1);
        backlog.update(1, new BatchProgress(1, 1, 0, 0, 0, 0));
        assertThat(backlog.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void aBatchIsHaltedOnceAndNotWhenItIsComplete() {
        BatchSubmission<Integer, String> batch =
                accept(4, BatchOptions.defaults().withHalt(HaltPolicy.soon().failed(2)));
        accept(2, BatchOptions.defaults().withHalt(HaltPolicy.now().done(1)));
        backlog.update(1, new BatchProgress(4, 1, 1, 0, 0, 0));
        assertThat(toHalt(1)).isEmpty();
        backlog.update(1, new BatchProgress(4, 1, 1, 1, 0, 0));
        assertThat(toHalt(1)).as("a time-out is a failure").contains(batch);
        Backlogs.stop(backlog, batch, StopReason.CANCELLED);
        assertThat(toHalt(1)).isEmpty();
        backlog.update(2, new BatchProgress(2, 2, 0, 0, 0, 0));
        assertThat(toHalt(2)).isEmpty();
        assertThat(toHalt(Backlog.SINGLES)).isEmpty();
    }

    private Optional<Submission> toHalt(long batchId) {
        return backlog.batch(batchId).filter(OpenBatch::isToHalt).map(OpenBatch::submission);
    }
}
