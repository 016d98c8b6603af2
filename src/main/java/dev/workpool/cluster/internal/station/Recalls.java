package dev.workpool.cluster.internal.station;

import akka.actor.typed.ActorRef;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;

/**
 * Gives jobs that have not begun back to their fleets: those that are asked for, those that are too many here, and all of
 * them once the node leaves. Of the station's thread.
 */
final class Recalls {
    private final StationQueue queue;
    private final ActorRef<Router.Command<byte[]>> router;

    /** Sessions that have asked for jobs which the router had, in the order in which it is asked. */
    private final Queue<StationSession> awaiting = new ArrayDeque<>();

    private boolean leaving;

    Recalls(StationQueue queue, ActorRef<Router.Command<byte[]>> router) {
        this.queue = queue;
        this.router = router;
    }

    /** A fleet asks for jobs. */
    void recall(StationSession session, StationCommand.Recall recall) {
        long left = recall.most() - giveBack(session, recall.most());
        if (left > 0 && session.out > 0) {
            session.owed = left;
            queue.recallFromRouter();
            awaiting.add(session);
            router.tell(new Router.TakeCensus<>()); // is answered when what comes back at once has come
        } else {
            session.tell(new FleetEvent.Recalled());
        }
    }

    /** The router has answered, after what came back at once. */
    void answered() {
        StationSession session = awaiting.remove();
        session.owed = 0;
        session.tell(new FleetEvent.Recalled());
    }

    /** The router has given jobs back. */
    void returned(StationSession session) {
        if (session.owed > 0) {
            session.owed -= giveBack(session, session.owed);
        }
        giveBackSurplus(session);
    }

    /** The node leaves: nothing waits here from now on. */
    void leave(Collection<StationSession> sessions) {
        leaving = true;
        sessions.forEach(this::giveBackSurplus);
    }

    /** What is more than the session was to have, since it may run less now, would wait here for long, or for ever. */
    void giveBackSurplus(StationSession session) {
        long most = leaving ? 0 : SessionDemand.most(session);
        giveBack(session, Math.min(session.waiting, Math.max(0, session.here() - most)));
    }

    /** Jobs have turned out to take longer than before, so there are too many. */
    void giveBackWhatIsTooLong(StationSession session) {
        giveBack(session, Math.min(session.surplus, session.waiting));
    }

    private long giveBack(StationSession session, long most) {
        long given = 0;
        Slice<byte[]> slice;
        while (given < most && (slice = queue.takeLast(session, most - given)) != null) {
            given += slice.size();
            session.demanded = session.granted;
            session.tell(new FleetEvent.Returned(
                    queue.batchOf(slice).id, slice.attempt(), slice.first(), slice.size(), session.demanded));
        }
        return given;
    }
}
