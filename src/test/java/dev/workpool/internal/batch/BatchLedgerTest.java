package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BatchLedgerTest {
    private static final int JOBS = 20;

    /** A message to a ledger: outcomes of its own for each job, or the same for all. */
    record Message(int first, int count, boolean same, int kind) {
        List<Outcome<String>> outcomes() {
            return IntStream.range(0, count).mapToObj(this::outcome).toList();
        }

        /** Each differs from every other message's. */
        Outcome<String> outcome(int i) {
            int attempts = 1 + System.identityHashCode(this) % 1_000 + (same ? 0 : i);
            return switch (kind) {
                case 0 -> new Outcome.Succeeded<>("of " + this + (same ? "" : " " + i), attempts);
                case 1 -> new Outcome.Failed<>(new IllegalStateException("on purpose"), attempts);
                case 2 -> new Outcome.TimedOut<>(Duration.ofMillis(5), attempts);
                default -> new Outcome.Cancelled<>(attempts);
            };
        }

        void tell(Ledger<String> ledger, List<Outcome<String>> outcomes) {
            if (same) {
                ledger.settle(first, count, outcomes.get(0));
            } else {
                ledger.acknowledge(first, Outcomes.copyOf(outcomes));
            }
        }
    }

    @Provide
    Arbitrary<List<Message>> messages() {
        return messages(JOBS);
    }

    static Arbitrary<List<Message>> messages(int jobs) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, jobs - 1),
                        Arbitraries.integers().between(1, jobs),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 3))
                .as((first, count, same, kind) -> new Message(first, Math.min(count, jobs - first), same, kind))
                .list()
                .ofMaxSize(15);
    }

    /** A batch, what its consumer and its receiver have been told, and an executor that is stepped by hand. */
    private static final class Fixture {
        final Queue<Runnable> callbacks = new ArrayDeque<>();
        final List<Integer> delivered = new ArrayList<>();
        final Outcome<?>[] deliveredOutcomes = new Outcome<?>[JOBS];
        final List<BatchResult<String>> results = new ArrayList<>();
        final List<Integer> entered = new ArrayList<>();
        final Outcome<?>[] first = new Outcome<?>[JOBS];
        final BatchSubmission<Integer, String> submission;
        final BatchLedger<Integer, String> ledger;

        Fixture(boolean consumer) {
            PagedList<Integer> jobs =
                    PagedList.copyOf(IntStream.range(0, JOBS).boxed().toList());
            ConsumerCalls<Integer, String> calls =
                    consumer ? new ConsumerCalls<>(this::consume, jobs, Contexts.NONE, "p", Label.ofBatch("")) : null;
            submission = new BatchSubmission<>(
                    jobs, BatchOptions.defaults(), BatchReceiver.of(calls, callbacks::add, results::add));
            ledger = new BatchLedger<>(submission);
        }

        private void consume(int job, Outcome<String> outcome) {
            assertThat(results)
                    .as("the result comes after all calls of the consumer")
                    .isEmpty();
            delivered.add(job);
            deliveredOutcomes[job] = outcome;
            if (job % 3 == 0) {
                throw new IllegalStateException("a consumer that throws changes nothing");
            }
        }

        void tell(Message message) {
            List<Outcome<String>> outcomes = message.outcomes();
            message.tell(ledger, outcomes);
            for (int i = 0; i < message.count(); i++) {
                int index = message.first() + i;
                if (first[index] == null) {
                    first[index] = outcomes.get(message.same() ? 0 : i);
                    entered.add(index);
                }
            }
        }

        void runCallbacks() {
            Runnable task;
            while ((task = callbacks.poll()) != null) {
                task.run();
            }
        }
    }

    @Property
    void theFirstOutcomeOfEachJobCountsAndTheRestIsSettledOnce(@ForAll("messages") List<Message> messages) {
        Fixture batch = new Fixture(false);
        for (Message message : messages) {
            batch.tell(message);
            assertCounts(batch);
            batch.runCallbacks();
            assertThat(batch.results).hasSize(batch.entered.size() == JOBS ? 1 : 0);
        }
        Outcome<String> rest = new Outcome.Cancelled<>(0);
        batch.ledger.settleRest(rest);
        batch.ledger.settleRest(new Outcome.Cancelled<>(1));
        batch.runCallbacks();
        assertThat(batch.results).hasSize(1);
        BatchResult<String> result = batch.results.get(0);
        for (int i = 0; i < JOBS; i++) {
            assertThat(result.outcomes().get(i)).isSameAs(batch.first[i] == null ? rest : batch.first[i]);
        }
        assertThat(result.counts()).isEqualTo(BatchResult.of(result.outcomes()).counts());
        assertThat(batch.submission.progress()).isEqualTo(result.counts());
    }

    private static void assertCounts(Fixture batch) {
        BatchProgress progress = batch.ledger.progress();
        assertThat(progress.total()).isEqualTo(JOBS);
        assertThat(progress.done()).isEqualTo(batch.entered.size());
        List<? extends Outcome<?>> known =
                Arrays.stream(batch.first).filter(outcome -> outcome != null).toList();
        assertThat(progress.succeeded())
                .isEqualTo(known.stream().filter(Outcome::isSuccess).count());
        assertThat(progress.failed())
                .isEqualTo(
                        known.stream().filter(o -> o instanceof Outcome.Failed).count());
        assertThat(progress.timedOut())
                .isEqualTo(known.stream()
                        .filter(o -> o instanceof Outcome.TimedOut)
                        .count());
        assertThat(progress.cancelled())
                .isEqualTo(known.stream()
                        .filter(o -> o instanceof Outcome.Cancelled)
                        .count());
        assertThat(batch.submission.progress()).isEqualTo(progress);
    }

    @Property
    void theConsumerGetsEachJobOnceInTheOrderOfTheirOutcomesAndBeforeTheResult(
            @ForAll("messages") List<Message> messages, @ForAll boolean eagerly) {
        Fixture batch = new Fixture(true);
        for (Message message : messages) {
            batch.tell(message);
            if (eagerly) {
                batch.runCallbacks();
                assertThat(batch.delivered).isEqualTo(batch.entered);
            }
        }
        batch.tell(new Message(0, JOBS, true, 3));
        batch.runCallbacks();
        assertThat(batch.delivered).isEqualTo(batch.entered).hasSize(JOBS);
        assertThat(batch.deliveredOutcomes).isEqualTo(batch.first);
        assertThat(batch.results).hasSize(1);
        assertThat(batch.results.get(0).outcomes()).isEqualTo(Arrays.asList(batch.first));
    }

    @Example
    void aJobIsOpenUntilItHasItsOutcome() {
        Fixture batch = new Fixture(false);
        assertThat(batch.ledger.isOpen(4)).isTrue();
        batch.tell(new Message(3, 2, false, 0));
        assertThat(batch.ledger.isOpen(2)).isTrue();
        assertThat(batch.ledger.isOpen(3)).isFalse();
        assertThat(batch.ledger.isOpen(4)).isFalse();
        assertThat(batch.ledger.isOpen(5)).isTrue();
    }

    private static List<Outcome<String>> successesOf(Fixture batch) {
        List<Outcome<String>> told = new ArrayList<>();
        batch.submission.onFirstSuccess(told::add);
        batch.ledger.awaitSuccess();
        return told;
    }

    @Example
    void whoWaitsForASuccessIsToldTheNextOneAndNoOther() {
        Fixture batch = new Fixture(false);
        batch.tell(new Message(0, 2, false, 1));
        List<Outcome<String>> told = successesOf(batch);
        batch.tell(new Message(2, 2, false, 2));
        assertThat(told).as("none has succeeded").isEmpty();
        batch.tell(new Message(4, 1, false, 0));
        batch.tell(new Message(5, 3, false, 0));
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).isSameAs(batch.first[4]);
    }

    @Example
    void whoWaitsForASuccessThatIsThereIsToldIt() {
        Fixture batch = new Fixture(false);
        batch.tell(new Message(0, 2, false, 1));
        batch.tell(new Message(JOBS - 2, 2, false, 0));
        List<Outcome<String>> told = successesOf(batch);
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).isSameAs(batch.first[JOBS - 2]);
    }

    @Example
    void whatComesAfterTheEndIsDropped() {
        Fixture batch = new Fixture(true);
        batch.tell(new Message(0, JOBS, false, 0));
        batch.tell(new Message(3, 4, false, 1));
        batch.tell(new Message(0, JOBS, true, 3));
        batch.runCallbacks();
        assertThat(batch.results).hasSize(1);
        assertThat(batch.results.get(0).isSuccess()).isTrue();
        assertThat(batch.delivered).hasSize(JOBS);
    }

    @Example
    void onlySoManyOutcomesCountAsTheMessageSays() {
        Fixture batch = new Fixture(false);
        batch.ledger.acknowledge(5, Outcomes.copyOf(new Message(0, 3, false, 0).outcomes()));
        assertThat(batch.ledger.progress().done()).isEqualTo(3);
    }
}
