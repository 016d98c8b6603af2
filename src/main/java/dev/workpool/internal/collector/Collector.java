package dev.workpool.internal.collector;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.Cancellable;
import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.event.BatchEvents;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Knows when a batch is over. One for each batch, and one for all jobs that were submitted by themselves. Enters what
 * workers and router tell it into the batch's {@link Ledger}, and tells the dispatcher how far it is.
 */
public final class Collector<R> extends AbstractBehavior<Collector.Command<R>> {

    /**
     * What a collector is told. One that comes late, of an abandoned job, may find the collector gone, and is no loss.
     */
    public sealed interface Command<R> extends DeadLetterSuppression {}

    /**
     * How neighbouring jobs ended.
     *
     * @param first index in the batch of the first
     * @param outcomes of them
     */
    public record Ended<R>(long first, Outcomes<R> outcomes) implements Command<R> {}

    /**
     * How neighbouring jobs ended, all alike.
     *
     * @param first index in the batch of the first
     * @param count how many
     * @param outcome theirs
     */
    public record Settle<R>(long first, long count, Outcome<R> outcome) implements Command<R> {}

    /**
     * A job is not tried again, though that was asked for.
     *
     * @param index its index in the batch
     */
    public record GiveUp<R>(long index) implements Command<R> {}

    /**
     * The errors of a job's attempts have been linked.
     *
     * @param index its index in the batch
     */
    record Linked<R>(long index) implements Command<R> {}

    /** What the users' errors have to say is not waited for any more: the batch was stopped, or it has taken long. */
    public record SettleLinking<R>() implements Command<R> {}

    /**
     * A stream's jobs are all known now.
     *
     * @param total how many there are
     */
    public record EndOfInput<R>(long total) implements Command<R> {}

    /** Somebody waits for the batch's first success. */
    public record AwaitSuccess<R>() implements Command<R> {}

    /** What a collector tells its dispatcher. */
    sealed interface Event extends DeadLetterSuppression {}

    /**
     * How far the batch is.
     *
     * @param batchId the batch
     * @param progress its counts
     */
    public record Progress(long batchId, BatchProgress progress) implements Event {}

    /**
     * A job is to be tried again.
     *
     * @param batchId its batch
     * @param index its index in the batch
     * @param attempt which attempt it will be
     * @param delayNs in how many nanoseconds
     * @param error what the handler threw in the attempt before; null for a time-out
     */
    public record Retry(long batchId, long index, int attempt, long delayNs, Throwable error) implements Event {}

    /** Time to look for errors that have been linked for long. */
    private record LookAtLinking<R>() implements Command<R> {}

    /** Users' code that links errors keeps the outcomes of its jobs for so long, or twice as long at most. */
    private static final Duration LINKING = Duration.ofSeconds(5);

    private final long batchId;
    private final Ledger<R> ledger;
    private final ActorRef<Event> dispatcher;

    /** The same ledger, if jobs are tried again; else null. */
    private final RetryLedger<R> retryLedger;

    /** What tells to look; null if nothing does. */
    private Cancellable look;

    private Collector(
            ActorContext<Command<R>> context,
            long batchId,
            Ledger<R> ledger,
            RetryPolicy retry,
            ActorRef<Event> dispatcher,
            Executor callbacks,
            BatchEvents events,
            RandomGenerator random) {
        super(context);
        this.batchId = batchId;
        this.dispatcher = dispatcher;
        Ledger<R> watched = new WatchedLedger<>(ledger, events);
        if (retry.maxAttempts() == 1) {
            this.ledger = watched;
            this.retryLedger = null;
        } else {
            ActorRef<Command<R>> self = context.getSelf();
            this.retryLedger = new RetryLedger<>(
                    watched,
                    retry,
                    random,
                    (index, attempt, delayNs, error) ->
                            dispatcher.tell(new Retry(batchId, index, attempt, delayNs, error)),
                    (index, error, earlier) ->
                            ErrorLinking.link(error, earlier, callbacks, () -> self.tell(new Linked<>(index))));
            this.ledger = retryLedger;
        }
    }

    /**
     * Makes a collector.
     *
     * @param batchId its batch
     * @param ledger what it keeps
     * @param retry which attempts are not the last
     * @param dispatcher gets its events
     * @param callbacks runs users' code
     * @param events tell what happens to it
     * @param random spreads retries; confined to the collector
     * @return its behavior
     */
    public static <R> Behavior<Command<R>> create(
            long batchId,
            Ledger<R> ledger,
            RetryPolicy retry,
            ActorRef<Event> dispatcher,
            Executor callbacks,
            BatchEvents events,
            RandomGenerator random) {
        return Behaviors.setup(
                context -> new Collector<>(context, batchId, ledger, retry, dispatcher, callbacks, events, random));
    }

    @Override
    public Receive<Command<R>> createReceive() {
        return new ReceiveTable<Command<R>>()
                .onMessage(type(Ended.class), this::onEnded)
                .onMessage(type(Settle.class), this::onSettle)
                .onMessage(type(GiveUp.class), this::onGiveUp)
                .onMessage(type(Linked.class), this::onLinked)
                .onMessage(type(SettleLinking.class), this::onSettleLinking)
                .onMessage(type(LookAtLinking.class), this::onLookAtLinking)
                .onMessage(type(EndOfInput.class), this::onEndOfInput)
                .onMessage(type(AwaitSuccess.class), this::onAwaitSuccess)
                .onSignal(PostStop.class, signal -> onPostStop());
    }

    private Behavior<Command<R>> onEnded(Ended<R> ended) {
        ledger.acknowledge(ended.first(), ended.outcomes());
        return tellProgress();
    }

    private Behavior<Command<R>> onSettle(Settle<R> settle) {
        ledger.settle(settle.first(), settle.count(), settle.outcome());
        return tellProgress();
    }

    private Behavior<Command<R>> onGiveUp(GiveUp<R> giveUp) {
        ledger.giveUp(giveUp.index());
        return tellProgress();
    }

    private Behavior<Command<R>> onLinked(Linked<R> linked) {
        ledger.linked(linked.index());
        return tellProgress();
    }

    private Behavior<Command<R>> onSettleLinking(SettleLinking<R> settle) {
        ledger.settleLinking();
        return tellProgress();
    }

    private Behavior<Command<R>> onLookAtLinking(LookAtLinking<R> due) {
        look = null;
        retryLedger.settleOverdue();
        return tellProgress();
    }

    /** The dispatcher settles what is open, and would not know how these jobs ended. */
    private Behavior<Command<R>> onPostStop() {
        ledger.settleLinking();
        if (look != null) {
            look.cancel();
        }
        return Behaviors.same();
    }

    private Behavior<Command<R>> onEndOfInput(EndOfInput<R> end) {
        ledger.endOfInput(end.total());
        return tellProgress();
    }

    private Behavior<Command<R>> onAwaitSuccess(AwaitSuccess<R> await) {
        ledger.awaitSuccess();
        return Behaviors.same();
    }

    private Behavior<Command<R>> tellProgress() {
        if (retryLedger != null && look == null && retryLedger.isLinking()) {
            look = getContext().scheduleOnce(LINKING, getContext().getSelf(), new LookAtLinking<>());
        }
        dispatcher.tell(new Progress(batchId, ledger.progress()));
        return Behaviors.same();
    }
}
