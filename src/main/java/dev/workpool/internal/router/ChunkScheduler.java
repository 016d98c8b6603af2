package dev.workpool.internal.router;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.limit.ConcurrencyLimit;
import dev.workpool.internal.limit.ConcurrencyLimits;
import dev.workpool.internal.router.Assignment.State;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.internal.worker.Chunk;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Decides which worker gets which jobs, and takes jobs from busy workers for idle ones. {@link WorkerSlots} has the
 * workers' places, {@link Cancellation} cancels jobs, {@link Watchdog} looks after jobs that take long. Confined to the
 * router's thread.
 */
final class ChunkScheduler<J, R> {
    /** A chunk of which at most a tenth failed is still one of jobs that succeeded. */
    private static final int FAILURES_PART = 10;

    /**
     * Jobs are asked for, for so many chunks at a time: to count the places of a thousand idle workers with each
     * message takes long.
     */
    private static final int ENOUGH_PLACES = 128;

    /** To hand a chunk out, or to take it back. */
    private static final int STEPS_TO_FEED = 16;

    /** To hand a worker its first chunk, for which a thread may be started. */
    private static final int STEPS_TO_START = 256;

    /** The busy that are looked at for the one that has most to spare. */
    private static final int ENOUGH_BUSY = 1024;

    private final Hiring<J, R> hiring;
    private final LongSupplier clock;
    private final ChunkSizer sizer;
    private final Agenda agenda = new Agenda();
    private final Stopper<J, R> stopper;
    private final WorkerSlots<J, R> workerSlots;
    private final Cancellation<J, R> cancellation;
    private final Watchdog<J, R> watchdog;
    private final IdleWorkers<J, R> idleWorkers;
    private final Permits<J, R> permits;
    private final Shortage<J, R> shortage;
    private final ConcurrencyLimit concurrencyLimit;

    /** Whether anybody asks how many workers are idle. */
    private final boolean bounded;

    private final LongWork work;

    /** How much may be handed out upon a message. */
    private final Steps feeding;

    /** How many more chunks there is room for, since they were counted; 0 if they are to be counted. */
    private int places;

    private boolean paused;

    /** Whether jobs that have not begun are on their way back to the dispatcher. */
    private boolean givingBack;

    /** Whether a look at the workers has begun and is not over. */
    private boolean looking;

    /** Whether every job has its outcome, and the workers leave. */
    private boolean ending;

    /** How many jobs the dispatcher had left when it last said so. */
    private long queuedBehind;

    /** How many jobs were granted in all, less those that were given back. */
    private long received;

    /**
     * No workers yet.
     *
     * @param settings of the pool
     * @param clock the pool's time in nanoseconds
     * @param realClock see {@link IdleWorkers}
     * @param hiring makes the workers
     * @param work goes on with what takes long
     */
    ChunkScheduler(
            WorkerPoolSettings settings,
            LongSupplier clock,
            LongSupplier realClock,
            Hiring<J, R> hiring,
            LongWork work) {
        this.hiring = hiring;
        this.clock = clock;
        this.work = work;
        this.feeding = work.steps().again();
        this.sizer = new ChunkSizer(settings.chunkBudget().toNanos(), settings.chunkMaxJobs());
        this.bounded = settings.queueCapacity().isPresent();
        this.concurrencyLimit = ConcurrencyLimits.of(settings, clock);
        this.stopper = new Stopper<>(settings, clock, agenda, hiring, concurrencyLimit);
        this.workerSlots = new WorkerSlots<>(hiring, clock, realClock, agenda, stopper, sizer, work);
        this.shortage = new Shortage<>(workerSlots, hiring, agenda);
        this.idleWorkers = new IdleWorkers<>(workerSlots, sizer);
        this.cancellation = new Cancellation<>(workerSlots, stopper, hiring, work);
        this.permits = new Permits<>(workerSlots, cancellation, stopper);
        this.watchdog = new Watchdog<>(settings, workerSlots, stopper, sizer, hiring, agenda);
    }

    List<Slot<J, R>> slots() {
        return workerSlots.slots();
    }

    /** How many workers were replaced since the start. */
    long replaced() {
        return workerSlots.replaced();
    }

    /** The wanted number of workers, or the one before the end. */
    int workers() {
        return concurrencyLimit.workers();
    }

    /** Workers that run nothing for want of a thread, or soon will not. */
    int lacking() {
        return workerSlots.lacking();
    }

    int abandoned() {
        return stopper.abandoned();
    }

    /** The workers are gone; later reports are ignored. */
    void publishEnd(PublishedNumbers<OfRouter> numbers) {
        workerSlots.endWork();
        publish(numbers);
    }

    /** Publishes what is known here. */
    void publish(PublishedNumbers<OfRouter> numbers) {
        numbers.begin();
        workerSlots.publish(numbers);
        numbers.set(OfRouter.WORKERS, Math.max(0, workers() - lacking()));
        numbers.set(OfRouter.FEWEST_WORKERS, concurrencyLimit.fewest());
        numbers.set(OfRouter.MOST_WORKERS, concurrencyLimit.most());
        numbers.set(OfRouter.ABANDONED, stopper.abandoned());
        numbers.set(OfRouter.HELD, stopper.held());
        numbers.end();
    }

    /**
     * Jobs whose handler runs and whose outcome is open: one for each worker at most, though a worker may go on from
     * one chunk to the next while this looks.
     */
    int running() {
        int running = 0;
        for (Slot<J, R> slot : workerSlots.slots()) {
            running += slot.out.stream().anyMatch(ChunkScheduler::runsOpenJob) ? 1 : 0;
        }
        return running;
    }

    private static boolean runsOpenJob(Assignment<?, ?> assignment) {
        int position = assignment.state == State.OUT ? assignment.chunk.running() : -1;
        return position >= 0 && position != assignment.settled;
    }

    /** Hires the first workers; until then there are none. */
    void start() {
        adapt();
    }

    /** Sets the most workers there may be, which is their number if it is fixed. */
    void resize(int most) {
        concurrencyLimit.bound(most);
        adapt();
    }

    /** See {@link ConcurrencyLimit#overloaded}. */
    void overloaded() {
        concurrencyLimit.overloaded();
        adapt();
    }

    /** Every job has its outcome: the workers leave, except those that are held by handlers that do not react. */
    void end() {
        ending = true;
        workerSlots.resize(0);
    }

    /** Whether they have left. */
    boolean hasEnded() {
        return ending && workerSlots.isStaffed();
    }

    /** See {@link WorkerSlots#resize}. */
    private void adapt() {
        int workers = concurrencyLimit.workers();
        if (workers != workerSlots.workers() && !ending) {
            sizer.workers(workers);
            workerSlots.resize(workers);
        }
    }

    void vacate(Slot<J, R> slot) {
        workerSlots.stopped(slot);
    }

    void receive(Slice<R> slice, long queued) {
        received += slice.size();
        queuedBehind = queued;
        workerSlots.pending.add(slice);
    }

    /**
     * How many jobs the router wants to have been granted in all: what there is room for and nothing pending would
     * fill.
     */
    long wanted() {
        long room = paused || givingBack ? 0 : workerSlots.availableSlots.room(sizer.depth(), ENOUGH_PLACES);
        return received + Math.max(0, room * sizer.target() - workerSlots.pending.jobs());
    }

    /**
     * Up to how many jobs in all go to workers that are idle.
     *
     * @param told what was said last; it still holds if nobody is idle, nor seems to be by it
     * @return always the same, if the queue is unbounded
     */
    long forIdle(long told) {
        if (!bounded) {
            return told;
        }
        long idle = permits.areAwaited() ? 0 : Math.max(0, workerSlots.idle() - workerSlots.pending.jobs());
        return idle == 0 && told <= received ? told : received + idle;
    }

    /** How many jobs are worth granting at this point: even a single one if a worker has nothing to do. */
    long worth() {
        return workerSlots.availableSlots.hasIdle() ? 1 : sizer.worth();
    }

    /** How many jobs of a batch are to be granted at least, if there are so many and it was asked for them. */
    int turn() {
        return sizer.turn();
    }

    /** How long a job takes in nanoseconds; 0 if that is not known. */
    double costNs() {
        return sizer.costNs();
    }

    void nothingQueuedBehind() {
        queuedBehind = 0;
    }

    /** A worker has no thread for a chunk: it goes to others. See {@link Shortage}. */
    void notStarted(Assignment<J, R> assignment, Throwable cause) {
        Slot<J, R> slot = assignment.slot;
        if (slot.runner() != assignment.runner) {
            return; // the worker was replaced, and the chunk taken back before that
        }
        if (!slot.retired) {
            shortage.failed(slot, cause, clock.getAsLong());
        }
        workerSlots.recallAll(slot);
    }

    void done(Assignment<J, R> assignment, long elapsedNs) {
        Slot<J, R> slot = assignment.slot;
        if (assignment.runner == slot.runner() && !slot.vacated) {
            workerSlots.lacks(slot, false);
        }
        boolean allBusy = !workerSlots.availableSlots.hasIdle();
        switch (assignment.state) {
            case DROPPED -> {
                return; // empty, and its place was given away when it was dropped
            }
            case ABANDONED -> {
                stopper.returned(assignment);
                assignment.state = State.DROPPED;
                return;
            }
            case HELD -> stopper.returned(assignment);
            case OUT -> {
                if (assignment.chunk.timeouts() > 0) {
                    concurrencyLimit.overloaded();
                }
                if (assignment.chunk.end() > 0) {
                    sizer.record(assignment.chunk.end(), elapsedNs);
                    concurrencyLimit.ended(assignment.chunk.end(), elapsedNs, isRegular(assignment), allBusy);
                }
            }
        }
        assignment.state = State.DROPPED; // a report that is repeated, for want of memory, says nothing new
        workerSlots.remove(assignment);
        shortage.sendHomeIfTooMany(slot);
        adapt();
    }

    /**
     * Whether a chunk took as long as such jobs do. Where jobs were stopped it took less, and where they failed too:
     * what refuses jobs at once is not quick at them.
     */
    private static boolean isRegular(Assignment<?, ?> assignment) {
        Chunk<?, ?> chunk = assignment.chunk;
        return assignment.stopped < 0 && chunk.timeouts() == 0 && chunk.failures() <= chunk.end() / FAILURES_PART;
    }

    /**
     * Gives work to every worker that has room, as long as there is some; then takes some from the busy for the idle.
     */
    void feed() {
        feeding.renew();
        if (cancellation.hasStoppedEverything()) {
            if (!cancellation.settlePending(feeding)) {
                work.ask();
            }
            return;
        }
        if (paused || givingBack) {
            return;
        }
        if (handOut()) {
            places = 0;
        } else {
            work.ask();
        }
    }

    /** False if it was broken off because it had taken long enough. */
    private boolean handOut() {
        int depth = sizer.depth();
        Slot<J, R> slot;
        while ((slot = workerSlots.availableSlots.first(depth)) != null && !workerSlots.isTooMany(slot)) {
            if (!feeding.take(slot.runner().hasThread() ? STEPS_TO_FEED : STEPS_TO_START)) {
                return false;
            }
            if (workerSlots.pending.isEmpty()) {
                if (!slot.isIdle() || !takeFromTheBusy(slot)) {
                    return true;
                }
                places = 0;
            }
            if (workerSlots.pending.permits() > 1) {
                if (!permits.handOut()) {
                    return true; // nobody is handed anything before this has what it needs, or others would always be
                    // first
                }
                places = 0;
                continue;
            }
            long left = workerSlots.pending.jobs() + queuedBehind;
            if (places == 0) {
                places = workerSlots.availableSlots.room(depth, (int) Math.min(left, Integer.MAX_VALUE));
            }
            Slice<R> next = workerSlots.pending.take(sizer.next(left, places));
            if (!cancellation.withdraws(next)) {
                workerSlots.assign(slot, next);
                places--;
                if (slot.room(depth) > 0) {
                    workerSlots.availableSlots.rotate();
                } else {
                    workerSlots.availableSlots.remove(
                            slot); // else thousands without room would be gone through with each message
                }
            }
        }
        return true;
    }

    /**
     * Takes unstarted jobs from the worker that has most of them: its second chunk, or half of the rest of its only
     * one.
     */
    private boolean takeFromTheBusy(Slot<J, R> idle) {
        if (queuedBehind > 0 || workerSlots.divisible.isEmpty()) {
            return false; // more is on its way, or there is nothing to take
        }
        Slot<J, R> busiest = null;
        int most = 0;
        int looks = ENOUGH_BUSY;
        Assignment<J, R> next = workerSlots.divisible.first();
        while (next != null && looks-- > 0) {
            Assignment<J, R> assignment = next;
            next = workerSlots.divisible.after(assignment);
            if (assignment.chunk.unstarted() == 0) {
                workerSlots.divisible.remove(assignment); // nor will there ever be any again
                continue;
            }
            int spare = assignment.slot == idle ? 0 : assignment.slot.spare();
            if (spare > most) {
                most = spare;
                busiest = assignment.slot;
            }
        }
        double cost = sizer.costNs();
        if (busiest == null || (cost > 0 && most * cost < ChunkSizer.WORTH_A_MESSAGE_NS)) {
            return false;
        }
        Assignment<J, R> last = busiest.out.peekLast();
        boolean only = last == busiest.out.peekFirst();
        workerSlots.recall(last, only ? Math.max(1, last.chunk.end() - (most + 1) / 2) : 0);
        return !workerSlots.pending.isEmpty();
    }

    /** See {@link IdleWorkers}. */
    IdleWorkers<J, R> idleWorkers() {
        return idleWorkers;
    }

    /** See {@link Cancellation#stopBatch}. */
    void stopBatch(long batchId, StopReason reason, boolean running, long queued) {
        queuedBehind = queued;
        cancellation.stopBatch(batchId, reason, running);
    }

    void cancelJob(long batchId, long index) {
        cancellation.cancelJob(batchId, index);
    }

    long takeUnused() {
        return cancellation.takeUnused();
    }

    /** See {@link Cancellation#stopEverything}. */
    void stopEverything() {
        queuedBehind = 0;
        cancellation.stopEverything();
    }

    void stopAll() {
        cancellation.stopAll();
    }

    /** Starts no more jobs: those that have not begun go back to the dispatcher. */
    void pause() {
        paused = true;
        workerSlots.recallAll();
        givingBack = true;
        work.begin(this::giveAllBack);
    }

    private boolean giveAllBack(Steps steps) {
        givingBack = !giveBackBut(0, steps);
        return !givingBack;
    }

    /** Ends a pause. Jobs on their way back still go back. */
    void resume() {
        paused = false;
    }

    /**
     * The handler of a job that was stopped has been told, later than might have been expected: only now its grace
     * begins.
     */
    void told(Assignment<J, R> assignment) {
        watchdog.inspect(assignment, clock.getAsLong());
    }

    /** When to call {@link #inspect} next, at the latest. */
    long nextInspectionNs() {
        return looking ? TimerQueue.NEVER : agenda.nextNs();
    }

    /**
     * See {@link Watchdog}. What is taken back by it is more than is soon needed, if jobs turn out to be dearer than
     * was thought: the dispatcher has it back, so that other batches get their turn.
     */
    void inspect() {
        if (!looking) {
            looking = true;
            work.begin(this::look);
        }
    }

    private boolean look(Steps steps) {
        long now = clock.getAsLong();
        looking = !watchdog.inspect(now, steps);
        if (!looking) {
            shortage.inspect(now);
            adapt(); // to jobs that have timed out
            work.begin(this::giveSurplusBack);
        }
        return !looking;
    }

    private boolean giveSurplusBack(Steps steps) {
        return giveBackBut((long) workerSlots.workers() * sizer.depth() * sizer.target(), steps);
    }

    /** See {@link Watchdog#giveUpStopped}. */
    void giveUpStopped() {
        watchdog.giveUpStopped();
    }

    private boolean giveBackBut(long kept, Steps steps) {
        while (workerSlots.pending.jobs() > kept) {
            if (!steps.take(STEPS_TO_FEED)) {
                return false;
            }
            Slice<R> slice = workerSlots.pending.takeLast(workerSlots.pending.jobs() - kept);
            received -= slice.size();
            queuedBehind += slice.size();
            hiring.giveBack(slice, received);
        }
        return true;
    }
}
