package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SinglesQueueTest {
    private static final JobTimes TIMES = new JobTimes(() -> 0);

    private static final class Job extends Single<Integer, String> {
        Outcome<String> outcome;

        Job(int job) {
            super(job);
        }

        @Override
        protected void settle(Outcome<String> outcome) {
            this.outcome = outcome;
        }
    }

    private final SinglesLedger<Integer, String> ledger = new SinglesLedger<>(Runnable::run);
    private final SinglesQueue<Integer, String> queue = new SinglesQueue<>(Slices.batch(0), ledger, TIMES);

    private Job add(int job) {
        Job single = new Job(job);
        queue.add(single);
        return single;
    }

    @Example
    void numbersJobsInTheOrderInWhichTheyAreHandedOut() {
        Job first = add(7);
        Job second = add(8);
        Job third = add(9);
        assertThat(Slices.jobs(queue.take(2))).containsExactly("0:7", "0:8");
        Slice<String> rest = queue.take(2);
        assertThat(Slices.jobs(rest)).containsExactly("0:9");
        assertThat(rest.first()).isEqualTo(2);
        assertThat(List.of(first.index, second.index, third.index)).containsExactly(0L, 1L, 2L);
        assertThat(ledger.progress().total()).isEqualTo(3);
    }

    @Example
    void showsWhatIsQueuedInOrder() {
        add(6);
        add(7);
        Job cancelled = add(8);
        add(9);
        queue.take(1);
        queue.cancel(cancelled);
        List<Integer> queued = new ArrayList<>();
        for (Single<Integer, String> single : queue.toArray()) {
            if (single.state != Single.State.ENDED_UNGRANTED) {
                queued.add(single.job());
            }
        }
        assertThat(queued).containsExactly(7, 9);
    }

    @Example
    void opensTheAccountOfWhatItHandsOut() {
        Job job = add(7);
        queue.take(1);
        Outcome<String> outcome = new Outcome.Cancelled<>(0);
        ledger.settle(0, 1, outcome);
        assertThat(job.outcome).isSameAs(outcome);
    }

    @Example
    void neverHandsOutACancelledJob() {
        Job cancelled = add(7);
        add(8);
        assertThat(queue.cancel(cancelled)).isTrue();
        assertThat(queue.queued()).isEqualTo(1);
        assertThat(Slices.jobs(queue.take(5))).containsExactly("0:8");
        assertThat(cancelled.state).isEqualTo(Single.State.ENDED_UNGRANTED);
    }

    /** Whoever cancels nearly all of what it submits does not have the pool hold on to it. */
    @Example
    void forgetsCancelledJobsWhereTheyAreMany() {
        Job first = add(0);
        List<Job> cancelled = new ArrayList<>();
        for (int i = 1; i < 10_000; i++) {
            cancelled.add(add(i));
        }
        Job last = add(10_000);
        cancelled.forEach(queue::cancel);
        assertThat(queue.toArray()).hasSizeLessThan(1_000).contains(first, last);
        assertThat(Slices.jobs(queue.take(5))).containsExactly("0:0", "0:10000");
    }

    @Example
    void theNextOfTheQueuedIsTheOldestThatIsNotCancelled() {
        assertThat(queue.peek()).isNull();
        Job cancelled = add(7);
        Job next = add(8);
        add(9);
        queue.cancel(cancelled);
        assertThat(queue.peek()).isSameAs(next);
        assertThat(queue.queued()).as("it stays").isEqualTo(2);
        assertThat(queue.poll()).isSameAs(next);
    }

    @Example
    void aJobIsHandedOutAgainWhereItMayBeTriedAgain() {
        JobPolicy retries = JobPolicy.of(
                WorkerPoolSettings.create(ConfigFactory.load(), "p").withRetry(RetryPolicy.attempts(3)));
        SinglesQueue<Integer, String> trying =
                new SinglesQueue<>(new Slice.BatchRef<>(0, null, retries), ledger, TIMES);
        trying.add(new Job(7));
        trying.add(new Job(8));
        trying.take(2);
        Slice<String> again = trying.again(1, 2);
        assertThat(Slices.jobs(again)).containsExactly("0:8");
        assertThat(again.first()).isEqualTo(1);
        assertThat(again.attempt()).isEqualTo(2);
        ledger.settle(1, 1, new Outcome.Cancelled<>(1));
        assertThat(trying.again(1, 2)).as("has its outcome").isNull();
    }

    @Example
    void aJobThatIsNotTriedAgainIsNotHeldOnTo() {
        Job job = add(7);
        queue.take(1);
        assertThat(job.job()).isNull();
    }

    @Example
    void takesItsTurnsAsABatchWithoutOptionsDoes() {
        assertThat(queue.priority()).isEqualTo(BatchOptions.defaults().priority());
        assertThat(queue.weight()).isEqualTo(BatchOptions.defaults().weight());
        assertThat(queue.hasWindow()).isFalse();
    }

    @Example
    void cancelsAJobOnce() {
        Job job = add(7);
        add(8);
        assertThat(queue.cancel(job)).isTrue();
        assertThat(queue.cancel(job)).isFalse();
        assertThat(queue.queued()).isEqualTo(1);
    }

    @Example
    void cancelsNothingThatWasHandedOut() {
        Job job = add(7);
        queue.take(1);
        assertThat(queue.cancel(job)).isFalse();
        assertThat(queue.queued()).isZero();
    }

    @Example
    void cancelsNothingThatItDoesNotHold() {
        add(7);
        assertThat(queue.cancel(new Job(8))).as("was never accepted").isFalse();
        Single<Integer, String> polled = queue.poll();
        assertThat(queue.cancel(polled)).as("was taken out").isFalse();
        assertThat(queue.queued()).isZero();
    }

    @Property
    void losesAndDoublesNothing(
            @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 3) Integer> operations,
            @ForAll @Size(min = 80, max = 80) List<@IntRange(min = 0, max = 9) Integer> numbers) {
        SinglesQueue<Integer, String> fresh =
                new SinglesQueue<>(Slices.batch(0), new SinglesLedger<>(Runnable::run), TIMES);
        Deque<Job> model = new ArrayDeque<>();
        List<Job> all = new ArrayList<>();
        long index = 0;
        for (int i = 0; i < operations.size(); i++) {
            int number = numbers.get(i);
            switch (operations.get(i)) {
                case 0 -> {
                    Job job = new Job(i);
                    fresh.add(job);
                    model.add(job);
                    all.add(job);
                }
                case 1 -> {
                    if (!all.isEmpty()) {
                        Job job = all.get(number % all.size());
                        assertThat(fresh.cancel(job)).isEqualTo(model.remove(job));
                    }
                }
                case 2 -> assertThat(fresh.poll()).isSameAs(model.poll());
                default -> {
                    if (fresh.queued() > 0) {
                        Slice<String> slice = fresh.take(number + 1);
                        assertThat(slice.size()).isEqualTo(Math.min(number + 1, model.size()));
                        assertThat(slice.first()).isEqualTo(index);
                        for (int k = 0; k < slice.size(); k++) {
                            assertThat(model.poll().index).isEqualTo(index++);
                        }
                    }
                }
            }
            assertThat(fresh.queued()).isEqualTo(model.size());
        }
    }
}
