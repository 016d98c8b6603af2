package dev.workpool.durable.internal.work;

import akka.actor.Cancellable;
import akka.actor.typed.javadsl.ActorContext;
import dev.workpool.durable.internal.work.WorkActor.Command;
import java.time.Duration;

/**
 * The timers of work on a queue. Confined to its actor. They are not Akka's timers of an actor: those wrap what they
 * tell, so that a tick which is on its way when the actor stops is logged as a dead letter.
 */
final class WorkTimers {
    private final ActorContext<Command> context;
    private Cancellable ticks = Cancellable.alreadyCancelled();
    private Cancellable once = Cancellable.alreadyCancelled();

    WorkTimers(ActorContext<Command> context) {
        this.context = context;
    }

    /** Tells the actor something again and again. */
    void tick(Command tick, Duration delay) {
        var self = context.getSelf();
        ticks = context.getSystem()
                .scheduler()
                .scheduleWithFixedDelay(delay, delay, () -> self.tell(tick), context.getExecutionContext());
    }

    /** Tells the actor something once, instead of what was to be told before, unless that is on its way. */
    void once(Command message, Duration delay) {
        once.cancel();
        once = context.scheduleOnce(delay, context.getSelf(), message);
    }

    void cancel() {
        ticks.cancel();
        once.cancel();
    }
}
