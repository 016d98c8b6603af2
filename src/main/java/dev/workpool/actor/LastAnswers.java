package dev.workpool.actor;

import static dev.workpool.actor.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.PoolCommand;

/**
 * What a pool's actor is for a moment after the pool has ended: it answers what it was told before anybody could know of the end, and stops.
 *
 * <p>Whoever brings out the news tells {@link Stop} afterwards. So a command that was told before has come before it.
 */
final class LastAnswers<J, R> extends AbstractBehavior<Object> {

    /** The end can be known. */
    enum Stop implements DeadLetterSuppression {
        STOP
    }

    private final Owners<J, R> owners;
    private final Request.Closed closed;

    LastAnswers(ActorContext<Object> context, Owners<J, R> owners, Request.Closed closed) {
        super(context);
        this.owners = owners;
        this.closed = closed;
    }

    @Override
    public Receive<Object> createReceive() {
        return new Cases<Object>()
                .onMessage(type(PoolCommand.class), this::onCommand)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .onMessage(Object.class, late -> Behaviors.same()); // from the pool's own actors, which are gone
    }

    private Behavior<Object> onCommand(PoolCommand<J, R> command) {
        Commands.toRequest(command, owners).refuse(closed);
        return Behaviors.same();
    }
}
