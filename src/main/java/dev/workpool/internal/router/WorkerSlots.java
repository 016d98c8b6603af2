package dev.workpool.internal.router;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.queue.Pending;
import dev.workpool.internal.router.Assignment.State;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.SingleThreadExecutor;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.worker.Chunk;
import dev.workpool.internal.worker.Worker;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Holds the workers' places, the chunks that are out at them, and the jobs that wait for one. It says what can be done
 * with them; others decide when.
 *
 * <p>Used only on the router's thread, except that runners claim from the chunks that are out; {@link Chunk} settles
 * who is first. Every granted job is in exactly one place at any moment: in {@code pending}, unclaimed in a chunk that
 * is out, or claimed, which makes its runner report it unless it is settled here.
 */
final class WorkerSlots<J, R> {
    /** To make a worker's actor, or to stop it, with what that takes when its turn comes. */
    private static final int STEPS_TO_HIRE = 96;

    private static final int STEPS_TO_DISMISS = 64;

    private final Hiring<J, R> hiring;
    private final LongSupplier clock;
    private final LongSupplier realClock;
    private final Agenda agenda;
    private final Stopper<J, R> stopper;
    private final ChunkSizer sizer;

    final AvailableSlots<J, R> availableSlots = new AvailableSlots<>();
    final Pending<R> pending = new Pending<>();

    /** The chunks that are out. */
    final ChunksOut<J, R> out = new ChunksOut<>();

    /** The slots of all workers that are hired, including retired ones that have not left yet. */
    private final Places<J, R> places = new Places<>();

    private final OldestFirst<J, R> begun = new OldestFirst<>();
    private final BusyTime busyTime = new BusyTime();

    /** Workers that were replaced, with what they ran or since they had stopped. */
    private long replaced;

    private final LongWork work;
    private final Staffing staffing = new Staffing();

    private int workers;

    /** Slots at which something is out. */
    private int busy;

    /** Slots whose worker is without a thread, see {@link Shortage}. */
    private int lacking;

    /** Chunks that are out and have more than the one job that their worker is at or about to begin. */
    final DivisibleChunks<J, R> divisible = new DivisibleChunks<>();

    WorkerSlots(
            Hiring<J, R> hiring,
            LongSupplier clock,
            LongSupplier realClock,
            Agenda agenda,
            Stopper<J, R> stopper,
            ChunkSizer sizer,
            LongWork work) {
        this.hiring = hiring;
        this.clock = clock;
        this.realClock = realClock;
        this.agenda = agenda;
        this.stopper = stopper;
        this.sizer = sizer;
        this.work = work;
    }

    /** In the order of their index, a copy. */
    List<Slot<J, R>> slots() {
        return places.all();
    }

    /** For whoever goes through them in parts. */
    Places<J, R> places() {
        return places;
    }

    int workers() {
        return workers;
    }

    long replaced() {
        return replaced;
    }

    int lacking() {
        return lacking;
    }

    /** How many workers could begin a job at once; fewer rather than too many, where some lack a thread. */
    int idle() {
        return Math.max(0, workers - busy - lacking);
    }

    /** Publishes what is known here, among other numbers. */
    void publish(PublishedNumbers<OfRouter> numbers) {
        Assignment<J, R> oldest = begun.first();
        numbers.set(OfRouter.REPLACED, replaced);
        numbers.set(OfRouter.BUSY, busyTime.busy());
        numbers.set(OfRouter.BUSY_NS, busyTime.totalNs());
        numbers.set(OfRouter.BUSY_SINCE_NS, busyTime.sinceNs());
        numbers.set(OfRouter.OLDEST_BEGUN_NS, oldest == null ? PoolGauges.NOTHING : oldest.begunNs);
    }

    /** Counts no worker as at work any more, since nobody will report an end. */
    void endWork() {
        busyTime.change(-busyTime.busy(), clock.getAsLong());
        begun.clear();
    }

    /** Notes whether a slot's worker is one that is without a thread. */
    void lacks(Slot<J, R> slot, boolean lacks) {
        lacking += (lacks ? 1 : 0) - (slot.lacking ? 1 : 0);
        slot.lacking = lacks;
    }

    /**
     * Changes the number of workers. A retiring worker finishes the jobs it has begun and counts until then. So if
     * there are fewer workers than before, all give back the jobs that they have not begun.
     *
     * <p>This happens at once. Hiring new workers and retiring others is done in parts; those to be retired may have
     * been given jobs until then.
     *
     * @param newWorkers 0 or more
     */
    void resize(int newWorkers) {
        staffing.attendFrom(Math.min(workers, newWorkers));
        boolean fewer = newWorkers < workers;
        workers = newWorkers;
        if (fewer) {
            recallAll();
        }
        staffing.begin();
    }

    /** Whether all missing workers have been hired and all surplus ones have retired. */
    boolean isStaffed() {
        return !staffing.begun;
    }

    /** Hires missing workers and retires surplus ones. */
    private final class Staffing implements LongWork.Task {
        private boolean begun;

        /** The next index to see to. */
        private int next;

        void attendFrom(int index) {
            next = begun ? Math.min(next, index) : index;
        }

        void begin() {
            if (!begun) {
                begun = true;
                work.begin(this);
            }
        }

        @Override
        public boolean goOn(Steps steps) {
            while (next < Math.max(workers, places.end())) {
                Slot<J, R> slot = places.at(next);
                if (!steps.take(slot == null ? STEPS_TO_HIRE : STEPS_TO_DISMISS)) {
                    return false;
                }
                if (slot != null) {
                    retire(slot, next >= workers);
                } else if (next < workers) {
                    slot = new Slot<>(next);
                    places.put(slot);
                    hire(slot);
                }
                next++;
            }
            begun = false;
            return true;
        }
    }

    private void retire(Slot<J, R> slot, boolean retires) {
        slot.retired = retires;
        if (retires) {
            lacks(slot, false);
            availableSlots.remove(slot);
            leaveIfDone(slot);
        } else {
            availableSlots.add(slot); // it may have retired, and not left yet
        }
    }

    /** Whether as many others are busy as there should be workers, because surplus workers have not finished. */
    boolean isTooMany(Slot<J, R> one) {
        return busy - (one.out.isEmpty() ? 0 : 1) >= workers;
    }

    private void leaveIfDone(Slot<J, R> slot) {
        if (slot.out.isEmpty() && !slot.lent && places.remove(slot)) {
            availableSlots.remove(slot);
            hiring.dismiss(slot);
        }
    }

    private void hire(Slot<J, R> slot) {
        hiring.hire(slot);
        availableSlots.add(slot);
    }

    /** Ends a worker and its thread as soon as it has run the jobs that it has begun. Then another has its slot. */
    void sendHome(Slot<J, R> slot) {
        hiring.dismiss(slot);
        vacate(slot);
    }

    /**
     * A worker's actor has stopped: its unstarted jobs go to others, it still reports the running ones, and then it is
     * replaced.
     */
    void vacate(Slot<J, R> slot) {
        slot.vacated = true;
        if (!slot.out.isEmpty()) {
            recallAll(slot);
        } else if (slot.retired) {
            leaveIfDone(slot);
        } else {
            hire(slot);
        }
    }

    /** The same, if the actor was stopped from elsewhere. */
    void stopped(Slot<J, R> slot) {
        replaced += slot.retired ? 0 : 1;
        vacate(slot);
    }

    /** Abandons a worker with its running job, which is settled. Another takes its place. */
    void replace(Slot<J, R> slot, Assignment<J, R> head) {
        divisible.remove(head);
        slot.out.forEach(out::remove);
        slot.out.clear();
        busy--;
        busyTime.change(-1, clock.getAsLong());
        begun.remove(head);
        replaced++;
        returnPermits(head);
        if (slot.retired) {
            leaveIfDone(slot);
        } else {
            hiring.dismiss(slot);
            hire(slot);
        }
    }

    void assign(Slot<J, R> slot, Slice<R> slice) {
        Assignment<J, R> assignment = new Assignment<>(slice, slot, clock);
        if (slice.size() > 1 || !slot.out.isEmpty()) {
            assignment.handedOutNs = realClock.getAsLong();
            assignment.brief = slot.out.isEmpty() && sizer.isSoonOver(slice.size());
            divisible.add(assignment);
        }
        out.add(assignment);
        slot.out.addLast(assignment);
        if (slot.out.size() == 1) {
            busy++;
            begin(assignment);
            busyTime.change(1, assignment.begunNs);
        }
        slot.worker().tell(new Worker.Run<>(assignment));
    }

    /**
     * Hands a slot a single job that takes several permits: those of as many idle slots, which take nothing until it
     * has ended.
     *
     * @param idle the slots, no more and no fewer; the job runs at the first
     */
    void assign(List<Slot<J, R>> idle, Slice<R> job) {
        List<Slot<J, R>> lenders = idle.subList(1, idle.size());
        for (Slot<J, R> lender : lenders) {
            lender.lent = true;
            availableSlots.remove(lender);
        }
        busy += lenders.size();
        Slot<J, R> slot = idle.get(0);
        assign(slot, job);
        slot.out.peekLast().lenders = lenders;
        availableSlots.remove(slot);
    }

    /** How many more jobs of one permit could begin now. */
    int unusedPermits() {
        return workers - busy;
    }

    private void returnPermits(Assignment<J, R> assignment) {
        if (assignment.lenders == null) {
            return;
        }
        busy -= assignment.lenders.size();
        for (Slot<J, R> lender : assignment.lenders) {
            lender.lent = false;
            if (lender.retired) {
                leaveIfDone(lender);
                continue;
            }
            if (lender.vacated) { // while it was to leave, which it is no more
                hiring.hire(lender);
            }
            availableSlots.add(lender);
        }
        assignment.lenders = null;
    }

    private void begin(Assignment<J, R> assignment) {
        assignment.begunNs = clock.getAsLong();
        begun.add(assignment);
        agenda.lookBy(assignment.begunNs + sizer.overdueNs());
        stopper.begins(assignment);
        if (isWorthALookout(assignment.slice)) {
            SingleThreadExecutor.lookOut();
        }
    }

    /**
     * Whether the router's thread is to be awake when a chunk is over. Not where jobs come one after another, and many
     * of them: the longer the thread takes to wake, the more of them are a chunk.
     */
    private boolean isWorthALookout(Slice<R> slice) {
        return (slice.size() == 1 || slice.batch().hasComeWhole()) && sizer.isSoonOver(slice.size());
    }

    void remove(Assignment<J, R> assignment) {
        Slot<J, R> slot = assignment.slot;
        boolean wasHead = slot.out.peekFirst() == assignment;
        if (slot.out.remove(assignment) && slot.out.isEmpty()) {
            busy--;
            busyTime.change(-1, clock.getAsLong());
        }
        begun.remove(assignment);
        out.remove(assignment);
        divisible.remove(assignment);
        returnPermits(assignment);
        if (wasHead && !slot.out.isEmpty()) {
            begin(slot.out.peekFirst());
        }
        if (slot.retired) {
            leaveIfDone(slot);
            return;
        }
        if (slot.vacated && slot.out.isEmpty()) {
            hiring.hire(slot);
        }
        availableSlots.add(slot);
    }

    /** Takes the unclaimed jobs of a chunk at a position or above back for others. */
    void recall(Assignment<J, R> assignment, int keep) {
        pending.giveBack(recalled(assignment, keep));
        dropIfUntouched(assignment);
    }

    /** Takes the unclaimed jobs of a chunk at a position or above out. */
    Slice<R> recalled(Assignment<J, R> assignment, int keep) {
        int end = assignment.chunk.end(); // only this thread lowers it
        int newEnd = assignment.chunk.recall(keep);
        return assignment.slice.part(newEnd, end);
    }

    void dropIfUntouched(Assignment<J, R> assignment) {
        if (assignment.chunk.end() == 0) {
            assignment.state = State.DROPPED;
            remove(assignment);
        }
    }

    /** Takes all unclaimed jobs of a worker back, the last chunk first, so that they keep their order. */
    void recallAll(Slot<J, R> slot) {
        recallAll(List.copyOf(slot.out));
    }

    /** The same of all workers. At once: nobody is to begin what should go back. */
    void recallAll() {
        recallAll(out.all());
    }

    private void recallAll(List<Assignment<J, R>> chunks) {
        for (int i = chunks.size() - 1; i >= 0; i--) {
            Assignment<J, R> assignment = chunks.get(i);
            if (assignment.state == State.OUT && assignment.chunk.unstarted() > 0) {
                recall(assignment, 0);
            }
        }
    }
}
