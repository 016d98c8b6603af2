package dev.workpool.cluster.internal.fleet;

import akka.actor.typed.ActorRef;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.Gap;
import dev.workpool.cluster.internal.session.JobsOut;
import dev.workpool.cluster.internal.session.Numbers;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.FleetEvent.Load;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.ClusterNode.State;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import java.util.ArrayList;
import java.util.List;

/** What a fleet knows of one node, and of its session with it, if there is one. Of the fleet's thread. */
final class NodeSession<J, R> {
    final ActorRef<WireMessage> station;
    final String address;
    final boolean isLocal;

    /** Whether it gets jobs, as far as the session goes. */
    State state = State.CONNECTING;

    String reason = "";

    /** Whether the cluster sees it. */
    boolean reachable = true;

    /** Whether every member of the cluster reaches it, as Akka says. If one does not, this node may reach it all the same. */
    boolean reachedByAll = true;

    /** The session's random number; 0 if there is none. */
    long id;

    private Numbers numbers = new Numbers();
    FrameReceiver received;

    /** These two only while the session is open. */
    JobSender<J, R> jobs;

    OutcomeReader<R> outcomes;

    final JobsOut<R> out = new JobsOut<>();

    /** How many jobs have gone there in this session, less those that came back, and up to which total they may. */
    long granted;

    long upTo;

    /** The number of the last grant. */
    long grants;

    /** How long a job takes there; 0 if that is not known. */
    double costNs;

    int workers;
    Load load = new Load(0, 0, 0);
    List<JobAt> running = List.of();

    /** How many jobs it may run at a time: as it was told, as it knows, and how many it has begun, as it says. */
    int limit = Integer.MAX_VALUE;

    int limitThere = Integer.MAX_VALUE;
    long begun;

    /** The last renewal that it has asked for. */
    long renewal;

    /** How many bytes of outcomes may be under way from it. */
    int windowBytes;

    /** When it was heard of last, or asked to open; when to ask again, and how often that was of no avail. */
    long heardNs;

    long retryNs;
    int unanswered;

    /** How often it was asked for jobs and has not answered; whether for all, which are to go back to the dispatcher. */
    int recalls;

    boolean recallingAll;

    /** Whether it is not known yet whether its results can be decoded. */
    boolean asksItsCodec;

    /** When it got jobs or reported some: one that does neither takes longer than was thought. */
    long progressNs;

    /** When it may be asked again. */
    long recallNs;

    /** Reports that came too late. */
    long fenced;

    NodeSession(ActorRef<WireMessage> station, String address, boolean isLocal) {
        this.station = station;
        this.address = address;
        this.isLocal = isLocal;
    }

    boolean isOpen() {
        return jobs != null;
    }

    boolean takesJobs() {
        return isOpen() && reachable && state == State.WORKING;
    }

    /** How many more jobs it wants. */
    long room() {
        return takesJobs() ? Math.max(0, upTo - granted) : 0;
    }

    /** How many of its workers the pool may use. */
    int usable() {
        return Math.min(workers, limit);
    }

    /** How many of its jobs no worker can have begun. */
    long waiting() {
        return Math.max(0, out.jobs() - usable());
    }

    /**
     * A small message has come.
     *
     * @throws Gap if one before it has not
     */
    void numbers(long number) throws Gap {
        numbers.heard(number);
    }

    /**
     * It is asked to open a session.
     *
     * @param session its number
     * @param mayRun how many jobs it may run at a time
     * @param nowNs the time
     */
    void begin(long session, int mayRun, long nowNs) {
        id = session;
        limit = mayRun;
        limitThere = mayRun;
        begun = 0;
        renewal = 0;
        heardNs = nowNs;
        numbers = new Numbers();
    }

    /** It has done so. */
    void opened(JobSender<J, R> sender, OutcomeReader<R> reader, FrameReceiver receiver, long nowNs) {
        jobs = sender;
        outcomes = reader;
        received = receiver;
        state = State.WORKING;
        reason = "";
        heardNs = nowNs;
        unanswered = 0;
    }

    /**
     * The session is about to end: nothing more is sent.
     *
     * @return the jobs that were out, and have not been sent
     */
    List<Slice<R>> takeUnsent() {
        List<Slice<R>> unsent = new ArrayList<>();
        if (jobs != null) {
            for (Slice<R> slice : jobs.close()) {
                unsent.addAll(out.take(slice.batch().id(), slice.first(), slice.size()));
            }
        }
        return unsent;
    }

    /** The node wants fewer jobs than it was granted: those that have not been sent. */
    List<Slice<R>> takeWaiting() {
        List<Slice<R>> waiting = new ArrayList<>();
        for (Slice<R> slice : jobs.takeWaiting()) {
            waiting.addAll(out.take(slice.batch().id(), slice.first(), slice.size()));
        }
        waiting.forEach(slice -> granted -= slice.size());
        return waiting;
    }

    /** The session is over. */
    void end(String why) {
        id = 0;
        jobs = null;
        outcomes = null;
        granted = 0;
        upTo = 0;
        grants = 0;
        recalls = 0;
        recallingAll = false;
        state = State.CONNECTING;
        reason = why;
        load = new Load(0, 0, 0);
        running = List.of();
    }

    void tell(StationCommand command) {
        station.tell(new WireMessage.ToStation(id, numbers.next(), command));
    }

    /** Has it stop the jobs of a batch. */
    void stop(long batchId, StopReason why, boolean running) {
        long timeoutNs = why.timeout() == null ? -1 : why.timeout().toNanos();
        tell(new StationCommand.Stop(batchId, timeoutNs, running));
    }

    /** Asks it for jobs that have not begun. */
    void recall(long most, boolean all) {
        recalls++;
        recallingAll |= all;
        tell(new StationCommand.Recall(most, all));
    }

    /** It has answered. */
    void recalled() {
        recalls--;
        recallingAll &= recalls > 0;
    }

    /**
     * Sends jobs there.
     *
     * @param slice the jobs
     * @param weights of the pool's batches of their priority, together
     */
    void grant(Slice<R> slice, long weights) {
        granted += slice.size();
        out.add(slice);
        jobs.add(++grants, weights, slice);
    }

    ClusterNode toNode() {
        State shown = reachable ? state : State.UNREACHABLE;
        return new ClusterNode(address, shown, reason, load.workers(), load.running(), out.jobs(), fenced);
    }
}
