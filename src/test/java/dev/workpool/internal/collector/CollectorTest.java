package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.Effect;
import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import dev.workpool.internal.event.Events;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private static final long BATCH = 42;

    /** Keeps the first outcome of each job; its progress says how many have one. */
    private static final class Account implements Ledger<String> {
        final Map<Long, Outcome<String>> outcomes = new HashMap<>();
        long total = 9;
        int awaited;

        @Override
        public void acknowledge(long first, Outcomes<String> arrived) {
            for (int i = 0; i < arrived.size(); i++) {
                outcomes.putIfAbsent(first + i, arrived.get(i));
            }
        }

        @Override
        public void settle(long first, long count, Outcome<String> outcome) {
            for (long index = first; index < first + count; index++) {
                outcomes.putIfAbsent(index, outcome);
            }
        }

        @Override
        public void settleRest(Outcome<String> outcome) {
            throw new AssertionError("that is for the dispatcher, once the collector is gone");
        }

        @Override
        public void endOfInput(long total) {
            this.total = total;
        }

        @Override
        public void awaitSuccess() {
            awaited++;
        }

        @Override
        public boolean isOpen(long index) {
            return !outcomes.containsKey(index);
        }

        @Override
        public BatchProgress progress() {
            return new BatchProgress(total, outcomes.size(), 0, 0, 0, 0);
        }
    }

    private final Account account = new Account();
    private final TestInbox<Collector.Event> dispatcher = TestInbox.create();
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final Exception first = new Exception("first attempt");
    private final Exception second = new Exception("second attempt");

    private BehaviorTestKit<Collector.Command<String>> collector(int attempts) {
        return BehaviorTestKit.create(Collector.create(
                BATCH,
                account,
                RetryPolicy.attempts(attempts),
                dispatcher.getRef(),
                callbacks::add,
                Events.none().ofSingles(),
                new SplittableRandom(1)));
    }

    private static Collector.Command<String> ended(long first, Object... packed) {
        return new Collector.Ended<>(first, new Outcomes<>(packed, packed.length, false));
    }

    private static Object failed(Throwable error, int attempt) {
        return PackedOutcome.of(new Outcome.Failed<>(error, attempt));
    }

    private void assertProgress(int done) {
        assertThat(dispatcher.getAllReceived())
                .containsExactly(new Collector.Progress(BATCH, new BatchProgress(account.total, done, 0, 0, 0, 0)));
    }

    @Test
    void theDispatcherHearsHowFarTheBatchIsUponEachMessage() {
        BehaviorTestKit<Collector.Command<String>> collector = collector(1);
        collector.run(ended(2, "a", "b"));
        assertProgress(2);
        assertThat(account.outcomes).containsOnlyKeys(2L, 3L);
        collector.run(new Collector.Settle<>(5, 3, new Outcome.Cancelled<>(0)));
        assertProgress(5);
        collector.run(new Collector.EndOfInput<>(30));
        assertThat(account.total).isEqualTo(30);
        assertProgress(5);
        collector.run(new Collector.AwaitSuccess<>());
        assertThat(account.awaited).isEqualTo(1);
    }

    /** So that the dispatcher is never told of the end before the retry that makes it none. */
    @Test
    void aJobThatIsTriedAgainIsAskedForBeforeTheProgressIsTold() {
        BehaviorTestKit<Collector.Command<String>> collector = collector(2);
        collector.run(ended(4, "a", failed(first, 1)));
        List<Collector.Event> events = dispatcher.getAllReceived();
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOfSatisfying(Collector.Retry.class, retry -> {
            assertThat(retry.batchId()).isEqualTo(BATCH);
            assertThat(retry.index()).isEqualTo(5);
            assertThat(retry.attempt()).isEqualTo(2);
            assertThat(retry.delayNs()).isNotNegative();
        });
        assertThat(events.get(1)).isEqualTo(new Collector.Progress(BATCH, new BatchProgress(9, 1, 0, 0, 0, 0)));
    }

    @Test
    void withoutRetriesAFailureIsFinal() {
        collector(1).run(ended(4, failed(first, 1)));
        assertThat(account.outcomes).containsEntry(4L, new Outcome.Failed<>(first, 1));
        assertProgress(1);
    }

    private BehaviorTestKit<Collector.Command<String>> linking() {
        BehaviorTestKit<Collector.Command<String>> collector = collector(2);
        collector.run(ended(5, failed(first, 1)));
        dispatcher.getAllReceived();
        collector.run(ended(5, failed(second, 2)));
        return collector;
    }

    /** What errors have to say is users' code, which is not for the collector's thread. */
    @Test
    void theErrorsOfAJobsAttemptsAreLinkedOnTheCallbackExecutorBeforeItsOutcomeIsKnown() {
        BehaviorTestKit<Collector.Command<String>> collector = linking();
        assertThat(account.outcomes).isEmpty();
        assertProgress(0);
        assertThat(second.getSuppressed()).isEmpty();
        callbacks.remove().run();
        assertThat(second.getSuppressed()).containsExactly(first);
        assertThat(account.outcomes).as("by the collector's thread alone").isEmpty();
        collector.runOne();
        assertThat(account.outcomes).containsEntry(5L, new Outcome.Failed<>(second, 2));
        assertProgress(1);
    }

    @Test
    void whoeverStopsTheBatchDoesNotWaitForLinks() {
        BehaviorTestKit<Collector.Command<String>> collector = linking();
        dispatcher.getAllReceived();
        collector.run(new Collector.SettleLinking<>());
        assertThat(account.outcomes).containsEntry(5L, new Outcome.Failed<>(second, 2));
        assertProgress(1);
    }

    @Test
    void linksThatTakeLongAreWaitedForFromOneLookToTheNext() {
        BehaviorTestKit<Collector.Command<String>> collector = linking();
        Effect.Scheduled<?> look = collector.expectEffectClass(Effect.Scheduled.class);
        assertThat(look.delay()).isEqualTo(scala.jdk.javaapi.DurationConverters.toScala(Duration.ofSeconds(5)));
        dispatcher.getAllReceived();
        look(collector, look);
        assertThat(account.outcomes).as("it may just have begun").isEmpty();
        assertProgress(0);
        look(collector, collector.expectEffectClass(Effect.Scheduled.class));
        assertThat(account.outcomes).containsOnlyKeys(5L);
        assertProgress(1);
        assertThat(collector.hasEffects()).as("there is nothing to look at").isFalse();
    }

    /** What the timer would have told it. */
    @SuppressWarnings("unchecked") // it tells itself its own messages
    private static void look(BehaviorTestKit<Collector.Command<String>> collector, Effect.Scheduled<?> look) {
        collector.run((Collector.Command<String>) look.message());
    }

    @Test
    void oneLookIsScheduledHoweverManyJobsAreLinked() {
        BehaviorTestKit<Collector.Command<String>> collector = linking();
        collector.expectEffectClass(Effect.Scheduled.class);
        collector.run(ended(6, failed(first, 1)));
        collector.run(ended(6, failed(second, 2)));
        assertThat(collector.hasEffects()).isFalse();
    }

    @Test
    void aJobThatIsGivenUpKeepsItsLastAttempt() {
        BehaviorTestKit<Collector.Command<String>> collector = collector(5);
        collector.run(ended(5, failed(first, 1)));
        dispatcher.getAllReceived();
        collector.run(new Collector.GiveUp<>(5));
        callbacks.forEach(Runnable::run);
        while (collector.selfInbox().hasMessages()) {
            collector.runOne();
        }
        assertThat(account.outcomes).containsEntry(5L, new Outcome.Failed<>(first, 1));
    }

    /** The dispatcher settles what is open then, and would not know how these jobs ended. */
    @Test
    void aCollectorThatIsStoppedSettlesWhatWasBeingLinked() {
        BehaviorTestKit<Collector.Command<String>> collector = linking();
        collector.signal(PostStop.instance());
        assertThat(account.outcomes).containsEntry(5L, new Outcome.Failed<>(second, 2));
    }

    /** None is forgotten in the table of what it does upon which. */
    @Test
    void everyMessageIsHandled() {
        Map<Class<?>, Collector.Command<String>> all = new HashMap<>();
        for (Collector.Command<String> each : List.<Collector.Command<String>>of(
                ended(1, "a"),
                new Collector.Settle<>(1, 1, new Outcome.Cancelled<>(0)),
                new Collector.GiveUp<>(1),
                new Collector.Linked<>(1),
                new Collector.SettleLinking<>(),
                new Collector.AwaitSuccess<>(),
                new Collector.EndOfInput<>(9))) {
            all.put(each.getClass(), each);
        }
        Set<Class<?>> commands = new HashSet<>(Arrays.asList(Collector.Command.class.getPermittedSubclasses()));
        List<Class<?>> own = new ArrayList<>(commands);
        own.removeAll(all.keySet());
        assertThat(own).extracting(Class::getSimpleName).containsExactly("LookAtLinking");
        for (Collector.Command<String> each : all.values()) {
            BehaviorTestKit<Collector.Command<String>> collector = collector(2);
            collector.run(each);
            assertThat(Behavior.isUnhandled(collector.returnedBehavior()))
                    .as("%s", each)
                    .isFalse();
        }
    }
}
