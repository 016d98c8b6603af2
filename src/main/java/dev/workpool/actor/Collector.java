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
     * What a collector tells its dispatcher: how far the batch is.
     *
     * @param batchId the batch
     * @param progress its counts
     */
    record Progress(long batchId, BatchProgress progress) implements DeadLetterSuppression {}

    private final long batchId;
    private final Ledger<R> ledger;
    private final ActorRef<Progress> dispatcher;

    private Collector(ActorContext<Command<R>> context, long batchId, Ledger<R> ledger, ActorRef<Progress> dispatcher) {
        super(context);
        this.batchId = batchId;
        this.ledger = ledger;
        this.dispatcher = dispatcher;
    }

    static <R> Behavior<Command<R>> create(long batchId, Ledger<R> ledger, ActorRef<Progress> dispatcher) {
        return Behaviors.setup(context -> new Collector<>(context, batchId, ledger, dispatcher));
    }

    @Override
    public Receive<Command<R>> createReceive() {
        return new Cases<Command<R>>()
                .onMessage(type(Ended.class), this::onEnded)
                .onMessage(type(Settle.class), this::onSettle);
    }

    private Behavior<Command<R>> onEnded(Ended<R> ended) {
        ledger.acknowledge(ended.first(), ended.outcomes());
        return tellProgress();
    }

    private Behavior<Command<R>> onSettle(Settle<R> settle) {
        ledger.settle(settle.first(), settle.count(), settle.outcome());
        return tellProgress();
    }

    private Behavior<Command<R>> tellProgress() {
        dispatcher.tell(new Progress(batchId, ledger.progress()));
        return Behaviors.same();
    }
}
