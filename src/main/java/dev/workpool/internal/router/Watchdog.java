package dev.workpool.internal.router;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.router.Assignment.State;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.internal.worker.JobDescriber;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Checks the router's workers for overdue chunks, for jobs that have taken too long, and for handlers whose grace is
 * over. Confined to the router's thread.
 */
final class Watchdog<J, R> {
    private static final long FIRST_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_LOOK_NS = TimeUnit.MINUTES.toNanos(1);

    /** For one worker. Most are only looked at, which takes fewer; to stop a job, or to give one up, takes more. */
    private static final int STEPS = 16;

    private final WorkerSlots<J, R> workerSlots;
    private final Stopper<J, R> stopper;
    private final ChunkSizer sizer;
    private final Hiring<J, R> hiring;
    private final Agenda agenda;
    private final JobDescriber describer;

    /** The age at which a job is named in a warning; {@link TimerQueue#NEVER} if none is. */
    private final long warnAfterNs;

    /** The index to look at next; and then those that have been given up. */
    private int next;

    private Iterator<Assignment<J, R>> givenUp = Collections.emptyIterator();

    Watchdog(
            WorkerPoolSettings settings,
            WorkerSlots<J, R> workerSlots,
            Stopper<J, R> stopper,
            ChunkSizer sizer,
            Hiring<J, R> hiring,
            Agenda agenda) {
        this.workerSlots = workerSlots;
        this.stopper = stopper;
        this.sizer = sizer;
        this.hiring = hiring;
        this.agenda = agenda;
        this.describer = new JobDescriber(settings);
        this.warnAfterNs = settings.warnAfter().map(Duration::toNanos).orElse(TimerQueue.NEVER);
    }

    /**
     * Checks all workers, in parts.
     *
     * @param now the time
     * @param steps how much may be done
     * @return whether all have been looked at
     */
    boolean inspect(long now, Steps steps) {
        if (next == 0) {
            agenda.clear(); // whoever has to be looked after again says so
            givenUp = List.copyOf(stopper.lookedAfter()).iterator();
        }
        while (next < workerSlots.places().end()) {
            if (!steps.take(STEPS)) {
                return false;
            }
            Slot<J, R> slot = workerSlots.places().at(next++);
            Assignment<J, R> head = slot == null ? null : slot.out.peekFirst();
            if (head != null && head.state == State.OUT) {
                inspect(slot, head, now);
            }
        }
        while (givenUp.hasNext()) {
            if (!steps.take(STEPS)) {
                return false;
            }
            Assignment<J, R> running = givenUp.next();
            if (running.state != State.DROPPED) {
                lookAt(running, now);
            }
        }
        next = 0;
        return true;
    }

    /** Checks a single chunk. */
    void inspect(Assignment<J, R> assignment, long now) {
        if (assignment.slot.out.peekFirst() == assignment && assignment.state == State.OUT) {
            inspect(assignment.slot, assignment, now);
        }
    }

    /** Abandons the handlers that were told to stop and run on, without waiting until their grace is over. */
    void giveUpStopped() {
        for (Slot<J, R> slot : workerSlots.slots()) {
            Assignment<J, R> head = slot.out.peekFirst();
            if (head != null && head.state == State.OUT && head.stopped >= 0 && head.chunk.isLeaving()) {
                abandon(slot, head);
            }
        }
    }

    private void inspect(Slot<J, R> slot, Assignment<J, R> head, long now) {
        if (stopper.isOverdue(head, now) && abandon(slot, head)) {
            return;
        }
        int late = stopper.late(head, now);
        if (late >= 0) {
            workerSlots.recall(head, 0); // nobody is to wait for a handler that may not listen
            stopper.timeOut(head, late);
        }
        lookAt(head, now);
        long overdueAtNs = head.begunNs + sizer.overdueNs();
        if (!head.overdue && overdueAtNs <= now) {
            onOverdue(slot, head, now);
        }
        if (!head.overdue) {
            agenda.lookBy(overdueAtNs);
        } else if (head.state == State.OUT) {
            warnOfAge(head, now);
        }
    }

    /** Of a chunk that is overdue, the job that runs is the last; those before it took some milliseconds. */
    private void warnOfAge(Assignment<J, R> head, long now) {
        int running = head.chunk.running();
        if (warnAfterNs == TimerQueue.NEVER || head.warned || running < 0) {
            return;
        }
        long dueNs = head.jobBegunNs() + warnAfterNs;
        if (dueNs > now) {
            agenda.lookBy(dueNs);
            return;
        }
        head.warned = true;
        Duration age = Duration.ofNanos(now - head.jobBegunNs());
        hiring.runsLong(head, running, () -> describer.running(head, running, age, doing(head, running)));
    }

    /** On any thread. */
    private static String doing(Assignment<?, ?> head, int running) {
        String doing = head.runner.doing();
        return head.chunk.running() == running ? doing : "it has ended since"; // its thread may be at another job
    }

    /**
     * Makes a runner check a chunk that takes long, at intervals that double each time. The times are multiples of half
     * of the interval, so that thousands of chunks that take long are checked at the same time.
     */
    private void lookAt(Assignment<J, R> head, long now) {
        if (!head.runner.needsLooks() || !hiring.mayMissEnds()) {
            return;
        }
        if (head.nextLookNs == 0) {
            head.lookPauseNs = FIRST_LOOK_NS;
            head.nextLookNs = head.begunNs + FIRST_LOOK_NS;
        }
        if (head.nextLookNs <= now) {
            head.runner.look();
            head.lookPauseNs = Math.min(2 * head.lookPauseNs, LONGEST_LOOK_NS);
            long grid = head.lookPauseNs / 2;
            head.nextLookNs = Math.floorDiv(now + head.lookPauseNs, grid) * grid;
        }
        agenda.lookBy(head.nextLookNs);
    }

    /** The running job takes long: its worker's ended jobs are reported, and unstarted ones go to others. */
    private void onOverdue(Slot<J, R> slot, Assignment<J, R> head, long now) {
        head.overdue = true;
        workerSlots.recallAll(slot);
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
     * The handler ignored that it was stopped: its job is settled without it, and a new worker replaces its worker.
     *
     * @return false if it has returned just now
     */
    private boolean abandon(Slot<J, R> slot, Assignment<J, R> head) {
        workerSlots.recallAll(slot);
        if (!head.chunk.isLeaving()) {
            return false;
        }
        handIn(head);
        if (stopper.abandon(head)) {
            workerSlots.replace(slot, head);
        }
        return true;
    }
}
