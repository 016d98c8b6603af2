package dev.workpool.cluster.internal.station;

import akka.actor.typed.ActorRef;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.Numbers;
import dev.workpool.cluster.internal.session.Recent;
import dev.workpool.cluster.internal.session.RoundTrip;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a station knows of one fleet that it works for. Of the station's thread. */
final class StationSession {
    /** What was stopped before it arrived is remembered, of so many batches and jobs. */
    private static final int REMEMBERED = 4_096;

    final long id;
    final String pool;
    final ActorRef<WireMessage> fleet;
    final FrameSender frames;
    final FrameReceiver received;
    private final Intake intake;
    final Lease lease;

    /** How many bytes may be under way to here. */
    final int windowBytes;

    final long leaseNs;
    final long renewalNs;
    final Numbers numbers = new Numbers();
    final OutcomeReports reports;

    /** Its batches that have jobs here, or had some lately. */
    final Map<Long, SessionBatch> batches = new LinkedHashMap<>();

    /** Its jobs that wait, by priority, the highest first. */
    final Map<Integer, SessionQueue> queues = new TreeMap<>(Comparator.reverseOrder());

    /** The weights of the fleet's batches, as it has said last. */
    long weights = 1;

    /** Batches that are stopped, and jobs that are cancelled, which may still be on their way. */
    final Map<Long, StopReason> stopped = new Recent<>(REMEMBERED);

    /** With the last grant that each may be in. */
    final Map<FleetEvent.JobAt, Long> cancelled = new Recent<>(REMEMBERED);

    /** Jobs that have arrived, less those that went back. */
    long granted;

    /** Jobs that wait here, and jobs that the router has. */
    long waiting;

    long out;

    /** How many bytes of its jobs are here, and of a block that is about to be: what it has of the node's intake. */
    private long bytes;

    private long arriving;

    /** Up to which total the fleet may grant. */
    long demanded;

    /** How long a job takes, as the fleet has heard last; and how many are here beyond twice of what is asked for. */
    double toldCostNs;

    long surplus;

    /** How many bytes a job has, on average over the last blocks; 0 if none has come. */
    double jobBytes;

    /** How many jobs may run at a time. */
    int limit;

    /** How many jobs the fleet has asked back that the router had, and has not got yet. */
    long owed;

    /** The last renewal, when those were sent that have no answer, and when the next is due. */
    long renewal;

    /** How far away the fleet is. */
    final RoundTrip roundTrip = new RoundTrip();

    final Deque<Long> sentNs = new ArrayDeque<>();
    long nextRenewalNs;
    long answered;

    StationSession(
            WireMessage.Open open,
            FrameSender frames,
            FrameReceiver received,
            Lease lease,
            OutcomeReports reports,
            Intake intake,
            int windowBytes) {
        this.intake = intake;
        this.windowBytes = windowBytes;
        this.id = open.session();
        this.pool = open.pool();
        this.fleet = open.fleet();
        this.frames = frames;
        this.received = received;
        this.lease = lease;
        this.leaseNs = open.leaseNs();
        this.renewalNs = open.renewalNs();
        this.limit = open.limit();
        this.reports = reports;
    }

    SessionQueue queue(int priority) {
        return queues.computeIfAbsent(priority, each -> new SessionQueue(this, each));
    }

    /** How many more jobs may go to the router, so that no more than allowed can run, and none while nobody takes outcomes. */
    long mayBegin() {
        if (frames.isFull()) {
            return 0;
        }
        return limit == Integer.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, limit - out);
    }

    /** How many of its jobs are here. */
    long here() {
        return waiting + out;
    }

    // Bytes

    /** Makes room for a block that is about to be here. False if there is none. */
    boolean reserve(long blockBytes) {
        boolean isRoom = intake.take(blockBytes);
        arriving = isRoom ? blockBytes : 0;
        return isRoom;
    }

    boolean isArriving() {
        return arriving > 0;
    }

    void forgetArriving() {
        intake.giveBack(arriving);
        arriving = 0;
    }

    /** The jobs of a block are here. */
    void arrived(Slice<byte[]> slice) {
        long of = bytesOf(slice);
        bytes += of;
        intake.giveBack(arriving - of);
        arriving = 0;
    }

    /** Jobs are here no more. */
    void left(Slice<byte[]> slice) {
        long of = bytesOf(slice);
        bytes -= of;
        intake.giveBack(of);
    }

    /** The session is over. */
    void forgetBytes() {
        forgetArriving();
        intake.giveBack(bytes);
        bytes = 0;
        intake.closeWindow(windowBytes);
    }

    /** For how many more jobs there is room, if they are as large as those before. */
    long fitting() {
        return jobBytes == 0 ? Integer.MAX_VALUE : (long) (intake.room() / jobBytes);
    }

    private static long bytesOf(Slice<byte[]> slice) {
        long bytes = 0;
        for (int i = slice.from(); i < slice.to(); i++) {
            bytes += slice.jobs()[i] instanceof EncodedJob job ? job.size() : 0;
        }
        return bytes;
    }

    /** Jobs have come: how large they are, as later ones may be. */
    void measure(long blockBytes, int jobs) {
        double each = jobs == 0 ? 0 : (double) blockBytes / jobs;
        jobBytes = jobBytes == 0 ? each : (jobBytes + each) / 2;
    }

    void tell(FleetEvent event) {
        fleet.tell(new WireMessage.ToFleet(id, numbers.next(), event));
    }
}
