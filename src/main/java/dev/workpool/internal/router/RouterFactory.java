package dev.workpool.internal.router;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;

/** Makes what a dispatcher grants jobs to: a {@link Router}, or what speaks its protocol for workers elsewhere. */
@FunctionalInterface
public interface RouterFactory<R> {
    /**
     * Makes one.
     *
     * @param dispatcher gets its events
     * @return its behavior, which is stopped once it was told that everything has ended
     */
    Behavior<Router.Command<R>> create(ActorRef<Router.Event> dispatcher);

    /**
     * How many workers are idle before the router has said so.
     *
     * @param workers how many there are by the settings
     */
    default int idleAtFirst(int workers) {
        return workers;
    }
}
