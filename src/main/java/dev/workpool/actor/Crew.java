package dev.workpool.actor;

import dev.workpool.Outcome;
import dev.workpool.WorkerPoolSettings;
import dev.workpool.actor.Assignment.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The router's workers and the jobs they have: which worker gets what, and what is taken back from whom.
 *
 * <p>Of the router's thread alone, except that runners claim from the chunks that are out; {@link Chunk} settles who is first.
 * Every job that was granted is at any moment in exactly one place: in {@code pending}, unclaimed in a chunk that is out, or
 * claimed, which makes its runner report it unless it is settled here.
 */
final class Crew<J, R> {
    static final long NEVER = Long.MAX_VALUE;

    /** Less unstarted work than this is not worth a message to take it away from its worker. */
    private static final long WORTH_TAKING_NS = 10_000;

    private final Hiring<J, R> hiring;
    private final LongSupplier clock;
    private final ChunkSizer sizer;
    private final long overdueNs;
    private final long graceNs;
    private final int maxAbandoned;
    private final List<Slot<J, R>> slots = new ArrayList<>();

    private final Line<J, R> line = new Line<>();
    private final Pending<R> pending = new Pending<>();

    /** How many jobs the dispatcher had left when it last said so. */
    private long queuedBehind;

    /** How many jobs were granted in all, less those that were given back. */
    private long received;

    /** Handlers that run on although their job is settled, and those of them that keep their worker's place. */
    private int abandoned;

    private int held;

    /** Chunks that are out and have more than the one job that their worker is at or about to begin. */
    private int divisible;

    private long nextInspectionNs = NEVER;

    Crew(WorkerPoolSettings settings, LongSupplier clock, Hiring<J, R> hiring) {
        this.hiring = hiring;
        this.clock = clock;
        long budgetNs = settings.chunkBudget().toNanos();
        this.sizer = new ChunkSizer(budgetNs, settings.chunkMaxJobs());
        this.overdueNs = ChunkSizer.OVERDUE_BUDGETS * budgetNs;
        this.graceNs = settings.cancelGrace().toNanos();
        this.maxAbandoned = settings.maxAbandoned();
        for (int i = 0; i < settings.workers(); i++) {
            slots.add(new Slot<>(i));
        }
    }

    List<Slot<J, R>> slots() {
        return slots;
    }

    int abandoned() {
        return abandoned;
    }

    int running() {
        int running = 0;
        for (Slot<J, R> slot : slots) {
            Assignment<J, R> head = slot.out.peekFirst();
            if (head != null && head.state == State.OUT && head.chunk.running() >= 0) {
                running++;
            }
        }
        return running;
    }

    void hire(Slot<J, R> slot) {
        hiring.hire(slot);
        line.add(slot);
    }

    void receive(Slice<R> slice, long queued) {
        received += slice.size();
        queuedBehind = queued;
        pending.add(slice);
    }

    /** How many jobs the router wants to have been granted in all: what there is room for and nothing pending would fill. */
    long wanted() {
        long room = line.room(sizer.depth());
        return received + Math.max(0, room * sizer.target() - pending.jobs());
    }

    void nothingQueuedBehind() {
        queuedBehind = 0;
    }

    void done(Assignment<J, R> assignment, long elapsedNs) {
        switch (assignment.state) {
            case DROPPED -> {
                return; // empty, and its place was given away when it was dropped
            }
            case ABANDONED -> {
                abandoned--;
                return;
            }
            case HELD -> {
                abandoned--;
                held--;
            }
            case OUT -> {
                if (assignment.chunk.end() > 0) {
                    sizer.record(assignment.chunk.end(), elapsedNs);
                }
            }
        }
        remove(assignment);
    }

    /** Gives work to every worker that has room, as long as there is some; then takes some from the busy for the idle. */
    void feed() {
        int depth = sizer.depth();
        Slot<J, R> slot;
        while ((slot = line.first(depth)) != null) {
            if (pending.isEmpty() && !(slot.isIdle() && takeFromTheBusy(slot))) {
                return;
            }
            assign(slot);
            line.rotate();
        }
    }

    private void assign(Slot<J, R> slot) {
        Slice<R> slice = pending.take(sizer.next(pending.jobs() + queuedBehind, slots.size()));
        Assignment<J, R> assignment = new Assignment<>(slice, slot);
        assignment.divisible = slice.size() > 1 || !slot.out.isEmpty();
        divisible += assignment.divisible ? 1 : 0;
        slot.out.addLast(assignment);
        if (slot.out.size() == 1) {
            begin(assignment);
        }
        slot.worker().tell(new Worker.Run<>(assignment));
    }

    private void begin(Assignment<J, R> assignment) {
        assignment.begunNs = clock.getAsLong();
        nextInspectionNs = Math.min(nextInspectionNs, assignment.begunNs + overdueNs);
    }

    /** Takes unstarted jobs from the worker that has most of them: its second chunk, or half of the rest of its only one. */
    private boolean takeFromTheBusy(Slot<J, R> idle) {
        if (queuedBehind > 0 || divisible == 0) {
            return false; // more is on its way, or there is nothing to take
        }
        Slot<J, R> busiest = null;
        int most = 0;
        for (Slot<J, R> slot : slots) {
            int spare = slot == idle ? 0 : slot.spare();
            if (spare > most) {
                most = spare;
                busiest = slot;
            }
        }
        double cost = sizer.costNs();
        if (busiest == null || (cost > 0 && most * cost < WORTH_TAKING_NS)) {
            return false;
        }
        Assignment<J, R> last = busiest.out.peekLast();
        boolean only = last == busiest.out.peekFirst();
        Chunk<J, R> chunk = last.chunk;
        recall(last, only ? Math.max(1, chunk.end() - (most + 1) / 2) : 0);
        return !pending.isEmpty();
    }

    /** Takes the unclaimed jobs of a chunk at a position or above back for others. */
    private void recall(Assignment<J, R> assignment, int keep) {
        pending.giveBack(recalled(assignment, keep));
        dropIfUntouched(assignment);
    }

    private Slice<R> recalled(Assignment<J, R> assignment, int keep) {
        int end = assignment.chunk.end(); // only this thread lowers it
        int newEnd = assignment.chunk.recall(keep);
        return assignment.slice.part(newEnd, end);
    }

    private void dropIfUntouched(Assignment<J, R> assignment) {
        if (assignment.chunk.end() == 0) {
            assignment.state = State.DROPPED;
            remove(assignment);
        }
    }

    private void remove(Assignment<J, R> assignment) {
        Slot<J, R> slot = assignment.slot;
        boolean wasHead = slot.out.peekFirst() == assignment;
        slot.out.remove(assignment);
        divisible -= assignment.divisible ? 1 : 0;
        if (wasHead && !slot.out.isEmpty()) {
            begin(slot.out.peekFirst());
        }
        if (slot.vacated && slot.out.isEmpty()) {
            hiring.hire(slot);
        }
        line.add(slot);
    }

    /** A worker's actor has stopped: its unstarted jobs go to others, what it runs it still reports, then it is replaced. */
    void vacate(Slot<J, R> slot) {
        slot.vacated = true;
        if (slot.out.isEmpty()) {
            hiring.hire(slot);
            line.add(slot);
            return;
        }
        recallAll(slot);
    }

    /** Takes all unclaimed jobs of a worker back, the last chunk first, so that they keep their order. */
    private void recallAll(Slot<J, R> slot) {
        List<Assignment<J, R>> out = List.copyOf(slot.out);
        for (int i = out.size() - 1; i >= 0; i--) {
            if (out.get(i).state == State.OUT) {
                recall(out.get(i), 0);
            }
        }
    }

    void cancelBatch(long batchId, long queued) {
        queuedBehind = queued;
        pending.removeBatch(batchId, slice -> hiring.settle(slice, new Outcome.Cancelled<>(0)));
        for (Slot<J, R> slot : slots) {
            for (Assignment<J, R> assignment : List.copyOf(slot.out)) {
                if (assignment.slice.batch().id() == batchId && assignment.state == State.OUT) {
                    Slice<R> unstarted = recalled(assignment, 0);
                    if (unstarted.size() > 0) {
                        hiring.settle(unstarted, new Outcome.Cancelled<>(0));
                    }
                    dropIfUntouched(assignment);
                    stopRunning(assignment, assignment.chunk.running());
                }
            }
        }
    }

    void cancelJob(long batchId, long index) {
        Slice<R> waiting = pending.removeJob(batchId, index);
        if (waiting != null) {
            hiring.settle(waiting, new Outcome.Cancelled<>(0));
            return;
        }
        for (Slot<J, R> slot : slots) {
            for (Assignment<J, R> assignment : slot.out) {
                int position = (int) (index - assignment.slice.first());
                // Beyond its end it was recalled from here, and is in another place.
                if (assignment.slice.contains(batchId, index)
                        && position < assignment.chunk.end()
                        && assignment.state == State.OUT) {
                    cancelInChunk(assignment, position);
                    return;
                }
            }
        }
    }

    /** A job in the midst of a chunk is taken out by recalling it with all that follow, which go back to pending. */
    private void cancelInChunk(Assignment<J, R> assignment, int position) {
        Slice<R> recalled = recalled(assignment, position);
        if (assignment.chunk.end() <= position) {
            hiring.settle(recalled.part(0, 1), new Outcome.Cancelled<>(0));
            pending.giveBack(recalled.part(1, recalled.size()));
        } else {
            pending.giveBack(recalled);
            stopRunning(assignment, position);
        }
        dropIfUntouched(assignment);
    }

    private void stopRunning(Assignment<J, R> assignment, int position) {
        if (position >= 0 && assignment.runner.stop(assignment.chunk, position, new Outcome.Cancelled<>(1))) {
            assignment.stopped = position;
            assignment.graceEndsNs = clock.getAsLong() + graceNs;
            nextInspectionNs = Math.min(nextInspectionNs, assignment.graceEndsNs);
        }
    }

    /** When to call {@link #inspect} next, at the latest. */
    long nextInspectionNs() {
        return nextInspectionNs;
    }

    /** Looks for chunks that are overdue and for handlers whose grace is over. */
    void inspect() {
        long now = clock.getAsLong();
        nextInspectionNs = NEVER;
        for (Slot<J, R> slot : slots) {
            Assignment<J, R> head = slot.out.peekFirst();
            if (head != null && head.state == State.OUT) {
                inspect(slot, head, now);
            }
        }
        returnSurplus();
    }

    private void inspect(Slot<J, R> slot, Assignment<J, R> head, long now) {
        if (head.stopped >= 0 && head.graceEndsNs <= now) {
            if (head.chunk.running() == head.stopped && abandon(slot, head)) {
                return;
            }
            head.stopped = -1;
        }
        if (head.stopped >= 0) {
            nextInspectionNs = Math.min(nextInspectionNs, head.graceEndsNs);
        }
        if (!head.overdue) {
            if (head.begunNs + overdueNs <= now) {
                onOverdue(slot, head, now);
            } else {
                nextInspectionNs = Math.min(nextInspectionNs, head.begunNs + overdueNs);
            }
        }
    }

    /**
     * What was taken back is more than is soon needed, if jobs turn out to be dearer than was thought: the dispatcher has it back,
     * so that other batches get their turn.
     */
    private void returnSurplus() {
        long kept = (long) slots.size() * sizer.depth() * sizer.target();
        while (pending.jobs() > kept) {
            Slice<R> slice = pending.takeLast(pending.jobs() - kept);
            received -= slice.size();
            queuedBehind += slice.size();
            hiring.giveBack(slice, received);
        }
    }

    /** The running job takes long: everything else of its worker's is handed in or given to others. */
    private void onOverdue(Slot<J, R> slot, Assignment<J, R> head, long now) {
        head.overdue = true;
        recallAll(slot);
        if (head.state == State.OUT) {
            sizer.record(Math.max(1, head.chunk.claimed()), now - head.begunNs);
            handIn(head);
        }
    }

    private void handIn(Assignment<J, R> assignment) {
        Outcomes<R> ended = assignment.chunk.harvest();
        if (!ended.isEmpty()) {
            hiring.acknowledge(assignment.slice, ended);
        }
    }

    /**
     * The handler ignored its cancellation: its job is settled without it, and another worker takes its place.
     *
     * @return false if it has returned just now
     */
    private boolean abandon(Slot<J, R> slot, Assignment<J, R> head) {
        recallAll(slot);
        if (head.chunk.running() != head.stopped) {
            return false; // only now that its worker can begin nothing else does the answer stay true
        }
        handIn(head);
        hiring.settle(head.slice.part(head.stopped, head.stopped + 1), new Outcome.Cancelled<>(1));
        boolean replace = abandoned - held < maxAbandoned;
        abandoned++;
        String doing = slot.runner().abandon(replace);
        if (replace) {
            head.state = State.ABANDONED;
            divisible -= head.divisible ? 1 : 0;
            slot.out.clear();
            hiring.dismiss(slot);
            hiring.hire(slot);
            line.add(slot);
        } else {
            head.state = State.HELD;
            held++;
        }
        hiring.abandoned(doing, replace);
        return true;
    }

    /** The pool ends at once: nothing new starts, and what runs is told. Nobody is left to hear of outcomes. */
    void stopAll() {
        for (Slot<J, R> slot : slots) {
            for (Assignment<J, R> assignment : slot.out) {
                assignment.chunk.recall(0);
                stopRunning(assignment, assignment.chunk.running());
            }
        }
    }
}
