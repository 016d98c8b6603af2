package dev.workpool.actor;

import static dev.workpool.actor.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.BatchProgress;
import dev.workpool.Outcome;
import dev.workpool.RetryPolicy;
import java.util.SplittableRandom;

/**
 * Knows when a batch is over. One for each batch, and one for all jobs that were submitted by themselves. Enters what workers
 * and router tell it into the batch's {@link Ledger}, and tells the dispatcher how far it is.
 */
public final class Collector<R> extends AbstractBehavior<Collector.Command<R>> {

    /** What a collector is told. One that comes late, of an abandoned job, may find the collector gone, and is no loss. */
    sealed interface Command<R> extends DeadLetterSuppression {}

    /**
     * How neighbouring jobs ended.
     *
     * @param first index in the batch of the first
     * @param outcomes of them
     */
    record Ended<R>(long first, Outcomes<R> outcomes) implements Command<R> {}

    /**
     * How neighbouring jobs ended, all alike.
     *
     * @param first index in the batch of the first
     * @param count how many
     * @param outcome theirs
     */
    record Settle<R>(long first, long count, Outcome<R> outcome) implements Command<R> {}

    /**
     * A job is not tried again, though that was asked for.
     *
     * @param index its index in the batch
     */
    record GiveUp<R>(long index) implements Command<R> {}

    /**
     * A stream's jobs are all known now.
     *
     * @param total how many there are
     */
    record EndOfInput<R>(long total) implements Command<R> {}

    /** What a collector tells its dispatcher. */
    sealed interface Event extends DeadLetterSuppression {}

    /**
     * How far the batch is.
     *
     * @param batchId the batch
     * @param progress its counts
     */
    record Progress(long batchId, BatchProgress progress) implements Event {}

    /**
     * A job is to be tried again.
     *
     * @param batchId its batch
     * @param index its index in the batch
     * @param attempt which attempt it will be
     * @param delayNs in how many nanoseconds
     */
    record Retry(long batchId, long index, int attempt, long delayNs) implements Event {}

    private final long batchId;
    private final Ledger<R> ledger;
    private final ActorRef<Event> dispatcher;

    private Collector(
            ActorContext<Command<R>> context,
            long batchId,
            Ledger<R> ledger,
            RetryPolicy retry,
            ActorRef<Event> dispatcher) {
        super(context);
        this.batchId = batchId;
        this.ledger = retry.maxAttempts() == 1
                ? ledger
                : new RetryLedger<>(
                        ledger,
                        retry,
                        new SplittableRandom(),
                        (index, attempt, delayNs) -> dispatcher.tell(new Retry(batchId, index, attempt, delayNs)));
        this.dispatcher = dispatcher;
    }

    static <R> Behavior<Command<R>> create(
            long batchId, Ledger<R> ledger, RetryPolicy retry, ActorRef<Event> dispatcher) {
        return Behaviors.setup(context -> new Collector<>(context, batchId, ledger, retry, dispatcher));
    }

    @Override
    public Receive<Command<R>> createReceive() {
        return new Cases<Command<R>>()
                .onMessage(type(Ended.class), this::onEnded)
                .onMessage(type(Settle.class), this::onSettle)
                .onMessage(type(GiveUp.class), this::onGiveUp)
                .onMessage(type(EndOfInput.class), this::onEndOfInput);
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

    private Behavior<Command<R>> onEndOfInput(EndOfInput<R> end) {
        ledger.endOfInput(end.total());
        return tellProgress();
    }

    private Behavior<Command<R>> tellProgress() {
        dispatcher.tell(new Progress(batchId, ledger.progress()));
        return Behaviors.same();
    }
}
