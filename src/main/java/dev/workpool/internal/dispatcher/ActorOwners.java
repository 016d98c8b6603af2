package dev.workpool.internal.dispatcher;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import dev.workpool.internal.request.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Knows which work belongs to which actor, so that it is cancelled when that actor terminates. Each owner is watched as
 * long as some of its work is incomplete. Confined to the dispatcher's thread.
 */
final class ActorOwners<J, R> {

    /** An owner has terminated. */
    record Gone(ActorRef<?> owner) implements DeadLetterSuppression {}

    /** A piece of work has its result. Told by whoever brings it, on any thread, and so after the work was accepted. */
    record Complete(Work<?, ?> work) implements DeadLetterSuppression {}

    /** A batch, or a job by itself. Compared by identity. */
    static final class Work<J, R> {
        private final ActorRef<?> owner;
        private Request<J, R> cancellation;

        private Work(ActorRef<?> owner) {
            this.owner = owner;
        }
    }

    private final ActorContext<Object> context;
    private final Map<ActorRef<?>, Set<Work<J, R>>> workOf = new HashMap<>();

    ActorOwners(ActorContext<Object> context) {
        this.context = context;
    }

    /**
     * Makes a request that has an owner from now on.
     *
     * @param owner may have terminated
     * @param request made with what it has to run, on any thread, when it is answered
     * @param cancellation what cancels it
     * @param <Q> type of the request
     * @return the request, to be handled now
     */
    <Q extends Request<J, R>> Q own(
            ActorRef<?> owner, Function<Runnable, Q> request, Function<Q, Request<J, R>> cancellation) {
        Work<J, R> work = new Work<>(owner);
        ActorRef<Object> self = context.getSelf();
        Q made = request.apply(() -> self.tell(new Complete(work)));
        work.cancellation = cancellation.apply(made);
        workOf.computeIfAbsent(owner, this::watch).add(work);
        return made;
    }

    private Set<Work<J, R>> watch(ActorRef<?> owner) {
        context.watchWith(owner, new Gone(owner));
        return new LinkedHashSet<>();
    }

    /** Work that is complete has no owner. */
    void onComplete(Complete complete) {
        Set<Work<J, R>> rest = workOf.get(complete.work().owner);
        if (rest != null && rest.remove(complete.work()) && rest.isEmpty()) {
            workOf.remove(complete.work().owner);
            context.unwatch(complete.work().owner);
        }
    }

    /**
     * What cancels the work of an owner that has terminated: the last first, so that nothing begins only to be
     * cancelled.
     */
    List<Request<J, R>> onGone(Gone gone) {
        List<Request<J, R>> cancellations = new ArrayList<>();
        Set<Work<J, R>> left = workOf.remove(gone.owner());
        if (left != null) {
            left.forEach(work -> cancellations.add(work.cancellation));
            Collections.reverse(cancellations);
        }
        return cancellations;
    }
}
