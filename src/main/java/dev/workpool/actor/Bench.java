package dev.workpool.actor;

import dev.workpool.actor.Assignment.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The workers' places, the chunks that are out at them, and the jobs that wait for one. What may be done with them, and nothing
 * of when.
 *
 * <p>Of the router's thread alone, except that runners claim from the chunks that are out; {@link Chunk} settles who is first.
 * Every job that was granted is at any moment in exactly one place: in {@code pending}, unclaimed in a chunk that is out, or
 * claimed, which makes its runner report it unless it is settled here.
 */
final class Bench<J, R> {
    private final Hiring<J, R> hiring;
    private final LongSupplier clock;
    private final LongSupplier realClock;
    private final Agenda agenda;
    private final Stopper<J, R> stopper;
    private final ChunkSizer sizer;

    final Line<J, R> line = new Line<>();
    final Pending<R> pending = new Pending<>();

    /** In the order of their index. Besides the workers' also those of retired ones that are not done yet. */
    private final List<Slot<J, R>> slots = new ArrayList<>();

    private int workers;

    /** Slots at which something is out. */
    private int busy;

    /** Slots whose worker is without a thread, see {@link Shortage}. */
    private int lacking;

    /** Chunks that are out and have more than the one job that their worker is at or about to begin. */
    final DivisibleChunks<J, R> divisible = new DivisibleChunks<>();

    Bench(
            Hiring<J, R> hiring,
            LongSupplier clock,
            LongSupplier realClock,
            Agenda agenda,
            Stopper<J, R> stopper,
            ChunkSizer sizer) {
        this.hiring = hiring;
        this.clock = clock;
        this.realClock = realClock;
        this.agenda = agenda;
        this.stopper = stopper;
        this.sizer = sizer;
    }

    /** For whoever only looks. */
    List<Slot<J, R>> slots() {
        return slots;
    }

    /** For whoever does something with a slot, which may make it leave. */
    List<Slot<J, R>> copyOfSlots() {
        return List.copyOf(slots);
    }

    int workers() {
        return workers;
    }

    int lacking() {
        return lacking;
    }

    /** How many workers could begin a job at once; fewer rather than too many, where some lack a thread. */
    int idle() {
        return Math.max(0, workers - busy - lacking);
    }

    /** Notes whether a slot's worker is one that is without a thread. */
    void lacks(Slot<J, R> slot, boolean lacks) {
        lacking += (lacks ? 1 : 0) - (slot.lacking ? 1 : 0);
        slot.lacking = lacks;
    }

    /**
     * Changes how many workers there are. Who retires finishes what it has begun; until then it counts, so if there are fewer
     * workers than before, all give back what they have not begun.
     *
     * @param newWorkers 1 or more
     */
    void resize(int newWorkers) {
        boolean fewer = newWorkers < workers;
        workers = newWorkers;
        for (Slot<J, R> slot : copyOfSlots()) {
            boolean retires = slot.index >= workers;
            if (fewer) {
                recallAll(slot);
            }
            if (retires && !slot.retired) {
                slot.retired = true;
                lacks(slot, false);
                leaveIfDone(slot);
            } else if (!retires && slot.retired) {
                slot.retired = false; // it has not left yet, and need not
                line.add(slot);
            }
        }
        for (int index = 0; index < workers; index++) {
            if (index == slots.size() || slots.get(index).index != index) {
                Slot<J, R> slot = new Slot<>(index);
                slots.add(index, slot);
                hire(slot);
            }
        }
    }

    /** Whether as many others are busy as there are to be workers, since those who are too many have not finished. */
    boolean isTooMany(Slot<J, R> one) {
        if (slots.size() == workers) {
            return false;
        }
        int others = 0;
        for (Slot<J, R> slot : slots) {
            others += slot == one || slot.out.isEmpty() ? 0 : 1;
        }
        return others >= workers;
    }

    private void leaveIfDone(Slot<J, R> slot) {
        if (slot.out.isEmpty() && slots.remove(slot)) {
            line.remove(slot);
            hiring.dismiss(slot);
        }
    }

    private void hire(Slot<J, R> slot) {
        hiring.hire(slot);
        line.add(slot);
    }

    /** A worker is to end, and its thread with it, as soon as it has run what it has begun; then another has its slot. */
    void sendHome(Slot<J, R> slot) {
        hiring.dismiss(slot);
        vacate(slot);
    }

    /** A worker's actor has stopped: its unstarted jobs go to others, what it runs it still reports, then it is replaced. */
    void vacate(Slot<J, R> slot) {
        slot.vacated = true;
        if (slot.out.isEmpty()) {
            hire(slot);
        } else {
            recallAll(slot);
        }
    }

    /** A worker is given up with what it runs, which is settled. Another takes its place. */
    void replace(Slot<J, R> slot, Assignment<J, R> head) {
        divisible.remove(head);
        slot.out.clear();
        busy--;
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
            divisible.add(assignment);
        }
        slot.out.addLast(assignment);
        if (slot.out.size() == 1) {
            busy++;
            begin(assignment);
        }
        slot.worker().tell(new Worker.Run<>(assignment));
    }

    private void begin(Assignment<J, R> assignment) {
        assignment.begunNs = clock.getAsLong();
        agenda.lookBy(assignment.begunNs + sizer.overdueNs());
        stopper.begins(assignment);
    }

    void remove(Assignment<J, R> assignment) {
        Slot<J, R> slot = assignment.slot;
        boolean wasHead = slot.out.peekFirst() == assignment;
        if (slot.out.remove(assignment) && slot.out.isEmpty()) {
            busy--;
        }
        divisible.remove(assignment);
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
        line.add(slot);
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
        List<Assignment<J, R>> out = List.copyOf(slot.out);
        for (int i = out.size() - 1; i >= 0; i--) {
            if (out.get(i).state == State.OUT) {
                recall(out.get(i), 0);
            }
        }
    }
}
