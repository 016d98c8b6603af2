package dev.workpool.testkit;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Runs all tasks of an actor system on the thread that drives it, one at a time, in virtual time. Thread-safe: any
 * thread may bring tasks, and any may drive, one at a time.
 *
 * <p>While the system starts, and while it ends, a thread of the simulator's own runs the tasks, since Akka waits then.
 */
final class Simulator {
    /** So many timers may go off while nothing else happens, before that counts as standing still. */
    private static final int PATIENCE = 100_000;

    private final ReadyTasks tasks = new ReadyTasks();
    private final VirtualTime time = new VirtualTime();
    private final Turns turns = new Turns();

    /** What goes by real time in production, to fractions of a millisecond: it passes when nothing else can happen. */
    private final VirtualTime fineTime = new VirtualTime();

    private final ReentrantLock driving = new ReentrantLock();
    private final List<Runnable> checks = new CopyOnWriteArrayList<>();
    private final FirstFailure failure = new FirstFailure();

    /** What has happened besides timers that went off for nothing; and the tasks that the own thread was brought. */
    private final AtomicLong progress = new AtomicLong();

    private final AtomicLong brought = new AtomicLong();

    /** Null while somebody drives. */
    private volatile ExecutorService ownThread = ownThread();

    private volatile boolean runsAtOnce;
    private volatile Supplier<String> description = () -> "";

    /** Guarded by this. */
    private SplittableRandom random = new SplittableRandom(0);

    private static ExecutorService ownThread() {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "workpool-testkit");
            thread.setDaemon(true);
            return thread;
        });
    }

    VirtualTime time() {
        return time;
    }

    Turns turns() {
        return turns;
    }

    long fineNs() {
        return time.nowNs() + fineTime.nowNs();
    }

    void runAfterFine(long delayNs, Runnable task) {
        fineTime.set(delayNs, task);
    }

    /** A source of chance, which is the same in each run. */
    synchronized RandomGenerator random() {
        return random.split();
    }

    /** From now on this decides about chance and, if tasks come in any order, about their order. */
    synchronized void seed(long seed, boolean shuffles) {
        random = new SplittableRandom(seed);
        if (shuffles) {
            tasks.shuffle(random.nextLong());
        }
    }

    /**
     * The system has started: from now on tasks wait for somebody who drives.
     *
     * @param atOnce whether whoever brings a task drives
     * @param describes what is going on, for a person
     */
    void start(boolean atOnce, Supplier<String> describes) {
        description = describes;
        ExecutorService own = ownThread;
        long before;
        do {
            before = brought.get();
            CompletableFuture.runAsync(() -> {}, own).join(); // all that was brought so far has run
        } while (brought.get() != before);
        runsAtOnce = atOnce;
        ownThread = null;
        own.shutdown();
    }

    /** The test is over: a thread of its own runs what there is to run, so that the system can end. */
    void free() {
        turns.free();
        ownThread = ownThread();
        List<Runnable> none = List.of();
        for (Runnable task = tasks.take(none); task != null; task = tasks.take(none)) {
            execute(task);
        }
    }

    /** The system has ended. */
    void end() {
        ownThread.shutdown();
    }

    /** Whether the test has failed or ended, so that nothing of the application's is to be called. */
    boolean isOver() {
        return ownThread != null || failure.isThere();
    }

    /** Runs a check after each step. */
    void afterEachStep(Runnable check) {
        checks.add(check);
    }

    /** Something has happened that is more than a timer that goes off. */
    void progress() {
        progress.incrementAndGet();
    }

    /** What the test fails with: whoever drives is told at once. */
    FirstFailure failure() {
        return failure;
    }

    void execute(Runnable task) {
        ExecutorService own = ownThread;
        if (own != null) {
            brought.incrementAndGet();
            own.execute(task);
            return;
        }
        tasks.add(task);
        while (runsAtOnce && !driving.isHeldByCurrentThread() && !tasks.isEmpty() && driving.tryLock()) {
            try {
                drain();
            } finally {
                driving.unlock();
            }
        }
    }

    /**
     * Runs one task, or gives one turn to a thread.
     *
     * @return false if nothing can happen without time
     */
    boolean step() {
        return drive(this::stepNow);
    }

    private boolean stepNow() {
        failure.throwOnce();
        Runnable task = tasks.take(turns.ready());
        if (task == null) {
            List<Runnable> due = fineTime.next(Long.MAX_VALUE);
            due.forEach(Runnable::run);
            return !due.isEmpty();
        }
        task.run();
        failure.throwOnce();
        checks.forEach(Runnable::run);
        return true;
    }

    /** Runs all that can run without time. */
    void run() {
        drive(() -> {
            drain();
            return true;
        });
    }

    private void drain() {
        while (stepNow()) {
            // goes on
        }
    }

    /** Has time pass, and what is due on the way happen at its time. */
    void advance(Duration duration) {
        drive(() -> {
            long untilNs = time.nowNs() + duration.toNanos();
            do {
                drain();
            } while (fire(untilNs));
            time.moveTo(untilNs);
            drain();
            return true;
        });
    }

    /** Moves to the next timer; false if there is none until then. */
    private boolean fire(long untilNs) {
        List<Runnable> due = time.next(untilNs);
        due.forEach(Runnable::run);
        return !due.isEmpty();
    }

    /**
     * Goes on, and has time pass where nothing else can happen, until a condition holds.
     *
     * @param timeoutNs at most so much time
     * @return false if this thread cannot drive, and so has to wait in another way; else the condition holds, or the
     *     time has passed
     * @throws IllegalStateException if nothing more can happen
     */
    boolean goOnUntil(BooleanSupplier done, long timeoutNs) {
        if (ownThread != null || !driving.tryLock()) {
            return false;
        }
        try {
            long untilNs = time.nowNs() + timeoutNs;
            long latestNs = untilNs < 0 ? Long.MAX_VALUE : untilNs;
            long before = progress.get();
            int fired = 0;
            while (!done.getAsBoolean()) {
                if (stepNow()) {
                    continue;
                } else if (!fire(latestNs)) {
                    if (latestNs == Long.MAX_VALUE) {
                        throw new IllegalStateException(standsStill("no task is ready and no timer is set"));
                    }
                    time.moveTo(latestNs);
                    return true;
                }
                fired = progress.get() == before ? fired + 1 : 0;
                before = progress.get();
                if (fired == PATIENCE) {
                    throw new IllegalStateException(
                            standsStill(PATIENCE + " timers have gone off, and nothing else has happened"));
                }
            }
            return true;
        } finally {
            driving.unlock();
        }
    }

    private String standsStill(String why) {
        return "what is waited for cannot happen any more: at " + Duration.ofNanos(time.nowNs()) + " of virtual time "
                + why + description.get();
    }

    private boolean drive(BooleanSupplier work) {
        if (ownThread != null) {
            throw new IllegalStateException("the test kit is closed");
        } else if (!driving.tryLock()) {
            throw new IllegalStateException("another thread is at it: the test kit is for one thread at a time");
        }
        try {
            return work.getAsBoolean();
        } finally {
            driving.unlock();
        }
    }
}
