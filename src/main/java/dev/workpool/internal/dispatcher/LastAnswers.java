package dev.workpool.internal.dispatcher;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.request.Request;
import dev.workpool.protocol.PoolCommand;

/**
 * Answers, for a moment after a pool has ended, the commands that were told before anybody could know of the end; then
 * stops.
 *
 * <p>Whoever announces the end tells {@link Stop} afterwards. So commands that were told before arrive before it.
 */
final class LastAnswers<J, R> extends AbstractBehavior<Object> {

    /** The end can be known. */
    enum Stop implements DeadLetterSuppression {
        STOP
    }

    private final Commands<J, R> commands;
    private final Request.Closed closed;

    LastAnswers(ActorContext<Object> context, Commands<J, R> commands, Request.Closed closed) {
        super(context);
        this.commands = commands;
        this.closed = closed;
    }

    @Override
    public Receive<Object> createReceive() {
        return new ReceiveTable<Object>()
                .onMessage(type(PoolCommand.class), this::onCommand)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .onMessage(Object.class, late -> Behaviors.same()); // from the pool's own actors, which are gone
    }

    private Behavior<Object> onCommand(PoolCommand<J, R> command) {
        commands.toRequest(command).refuse(closed);
        return Behaviors.same();
    }
}
