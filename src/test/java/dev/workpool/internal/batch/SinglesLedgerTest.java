package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SinglesLedgerTest {
    private static final int SLICES = 4;
    private static final int IN_SLICE = 6;

    private static final class Job extends Single<Integer, String> {
        final List<Outcome<String>> outcomes = new ArrayList<>();

        Job(int job) {
            super(job);
        }

        @Override
        protected void settle(Outcome<String> outcome) {
            outcomes.add(outcome);
        }
    }

    /** Jobs in slices, whose messages keep within one slice as chunks do, and an executor that is stepped by hand. */
    private static final class Fixture {
        final Queue<Runnable> callbacks = new ArrayDeque<>();
        final SinglesLedger<Integer, String> ledger = new SinglesLedger<>(callbacks::add);
        final List<Job> jobs = new ArrayList<>();
        final List<Outcome<String>> first = new ArrayList<>();

        void open(int count) {
            int index = jobs.size();
            @SuppressWarnings({"unchecked", "rawtypes"})
            Single<Integer, String>[] singles = new Single[count];
            for (int i = 0; i < count; i++) {
                Job job = new Job(index + i);
                job.index = (long) index + i;
                jobs.add(job);
                first.add(null);
                singles[i] = job;
            }
            ledger.open(index, singles);
        }

        void tell(int index, BatchLedgerTest.Message message) {
            List<Outcome<String>> outcomes = message.outcomes();
            new BatchLedgerTest.Message(index, message.count(), message.same(), message.kind()).tell(ledger, outcomes);
            for (int i = 0; i < message.count(); i++) {
                if (first.get(index + i) == null) {
                    first.set(index + i, outcomes.get(message.same() ? 0 : i));
                }
            }
        }

        List<Integer> stillOpen() {
            List<Integer> open = new ArrayList<>();
            ledger.parts().stream()
                    .flatMap(Stream::of)
                    .filter(Objects::nonNull)
                    .forEach(single -> open.add(single.job()));
            return open;
        }

        void runCallbacks() {
            Runnable task;
            while ((task = callbacks.poll()) != null) {
                task.run();
            }
        }

        void assertEachIsToldOnce() {
            for (int i = 0; i < jobs.size(); i++) {
                assertThat(jobs.get(i).outcomes).isEqualTo(first.get(i) == null ? List.of() : List.of(first.get(i)));
            }
            long done = first.stream().filter(outcome -> outcome != null).count();
            BatchProgress progress = ledger.progress();
            assertThat(progress.total()).isEqualTo(jobs.size());
            assertThat(progress.done()).isEqualTo(done);
            assertThat(progress.succeeded())
                    .isEqualTo(first.stream()
                            .filter(o -> o instanceof Outcome.Succeeded)
                            .count());
        }
    }

    @Provide
    Arbitrary<List<BatchLedgerTest.Message>> messages() {
        return BatchLedgerTest.messages(IN_SLICE);
    }

    @Property
    void theFirstOutcomeOfEachJobIsToldOnce(
            @ForAll @From("messages") List<BatchLedgerTest.Message> messages, @ForAll boolean openedAtOnce) {
        Fixture singles = new Fixture();
        for (int i = 0; i < (openedAtOnce ? SLICES : 1); i++) {
            singles.open(IN_SLICE);
        }
        for (int i = 0; i < messages.size(); i++) {
            BatchLedgerTest.Message message = messages.get(i);
            int slice = (i * 7 + message.first()) % (singles.jobs.size() / IN_SLICE);
            singles.tell(slice * IN_SLICE + message.first(), message);
            singles.runCallbacks();
            singles.assertEachIsToldOnce();
            if (!openedAtOnce && singles.jobs.size() < SLICES * IN_SLICE) {
                singles.open(IN_SLICE);
            }
        }
        Outcome<String> rest = new Outcome.Cancelled<>(1);
        singles.ledger.settleRest(rest);
        singles.first.replaceAll(outcome -> outcome == null ? rest : outcome);
        singles.ledger.settleRest(new Outcome.Cancelled<>(2));
        singles.runCallbacks();
        singles.assertEachIsToldOnce();
        assertThat(singles.ledger.progress().pending()).isZero();
    }

    @Example
    void knowsInOrderWhatHasNoOutcome() {
        Fixture fixture = new Fixture();
        fixture.open(3);
        fixture.open(2);
        assertThat(fixture.stillOpen()).containsExactly(0, 1, 2, 3, 4);
        fixture.ledger.settle(1, 1, new Outcome.Cancelled<>(0));
        assertThat(fixture.stillOpen()).containsExactly(0, 2, 3, 4);
        fixture.ledger.settle(3, 2, new Outcome.Cancelled<>(0));
        assertThat(fixture.stillOpen()).containsExactly(0, 2);
    }

    @Example
    void knowsEachJobThatIsOpenByItsIndex() {
        Fixture fixture = new Fixture();
        fixture.open(2);
        fixture.open(3);
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.ledger.at(i)).isSameAs(fixture.jobs.get(i));
            assertThat(fixture.ledger.isOpen(i)).isTrue();
        }
        assertThat(fixture.ledger.at(5)).as("was never granted").isNull();
        fixture.ledger.settle(0, 2, new Outcome.Cancelled<>(0));
        fixture.ledger.settle(3, 1, new Outcome.Cancelled<>(0));
        assertThat(fixture.ledger.isOpen(0)).isFalse();
        assertThat(fixture.ledger.isOpen(2)).isTrue();
        assertThat(fixture.ledger.isOpen(3)).isFalse();
        assertThat(fixture.ledger.at(4)).isSameAs(fixture.jobs.get(4));
    }

    @Example
    void whatComesOfASliceThatIsDoneIsDropped() {
        Fixture singles = new Fixture();
        singles.open(2);
        singles.open(2);
        BatchLedgerTest.Message both = new BatchLedgerTest.Message(0, 2, false, 0);
        singles.tell(2, both);
        singles.tell(2, new BatchLedgerTest.Message(0, 2, true, 3));
        singles.tell(0, both);
        singles.tell(0, new BatchLedgerTest.Message(0, 1, true, 3));
        singles.runCallbacks();
        singles.assertEachIsToldOnce();
    }

    @Example
    void countsNothingBeforeAnythingIsGranted() {
        Fixture singles = new Fixture();
        singles.ledger.settleRest(new Outcome.Cancelled<>(1));
        assertThat(singles.ledger.progress()).isEqualTo(new BatchProgress(0, 0, 0, 0, 0, 0));
    }

    /** One job hangs while two thousand million others come and go. */
    @Example
    void aLateReportFarFromAnOpenSliceIsDropped() {
        Fixture singles = new Fixture();
        singles.open(1);
        singles.ledger.settle(3_000_000_000L, 1, new Outcome.Cancelled<>(1));
        assertThat(singles.ledger.at(3_000_000_000L)).isNull();
        assertThat(singles.ledger.at(0)).isSameAs(singles.jobs.get(0));
        assertThat(singles.callbacks).isEmpty();
    }
}
