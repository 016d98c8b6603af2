package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.segment.JobBlock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets jobs through to the pool as far as the queue's limits allow. Stands open where there are none. {@code waiting},
 * {@code timerNs} and {@code toldNs} are the feeder's thread's alone; other threads ask it to look again.
 *
 * @param <J> type of the jobs
 */
final class Gate<J> {
    private static final long NO_TIMER = Long.MAX_VALUE;

    /** How often it is told that jobs wait. */
    private static final long TELL_NS = 20_000_000;

    /** What is behind the gate. Called on the feeder's thread. */
    interface Exit<J> {
        /** Gives jobs to the pool. */
        void submit(Waiting<J> of, long[] numbers, List<J> jobs);

        /** Gives jobs back that are not to begin. */
        void giveBack(Waiting<J> of, long[] numbers);
    }

    private final Throttle throttle;
    private final boolean isKeyed;
    private final ExecutorService thread;
    private final Runnable starved;
    private final Exit<J> exit;
    private final Map<Held<J>, Waiting<J>> waiting = new LinkedHashMap<>();
    private final AtomicBoolean looks = new AtomicBoolean();
    private final Set<Piece<?>> pieces = ConcurrentHashMap.newKeySet();
    private long timerNs = NO_TIMER;
    private long toldNs = System.nanoTime() - TELL_NS;

    /** The feeder's thread writes it, any thread reads it. */
    private volatile int waitingJobs;

    /**
     * A gate before which nobody waits.
     *
     * @param isKeyed whether no two pieces of a segment may run beside each other
     * @param thread the feeder's
     * @param starved told when jobs wait for permits
     */
    Gate(Throttle throttle, boolean isKeyed, ExecutorService thread, Runnable starved, Exit<J> exit) {
        this.throttle = throttle;
        this.isKeyed = isKeyed;
        this.thread = thread;
        this.starved = starved;
        this.exit = exit;
    }

    boolean isOpen() {
        return !throttle.isLimited();
    }

    /** Has jobs wait for permits. The feeder's thread. */
    void add(Held<J> held, JobBlock block, long[] numbers, List<J> jobs) {
        waiting.computeIfAbsent(held, key -> new Waiting<>(held, block)).add(numbers, jobs);
        held.changed = this::look; // before it is looked at: what changes later is seen
        letThrough();
    }

    /** The pool is given a piece. */
    void given(Piece<?> piece) {
        pieces.add(piece);
    }

    /** All jobs of a piece have ended. */
    void over(Piece<?> piece) {
        pieces.remove(piece);
        piece.over();
        if (!isOpen()) {
            look();
        }
    }

    /** A job has ended. */
    void jobEnded() {
        if (!isOpen()) {
            look();
        }
    }

    /** How many jobs the pool has. */
    int running() {
        int running = 0;
        for (Piece<?> each : pieces) {
            running += each.running();
        }
        return running;
    }

    /** How many of these may run although the throttle does not count them. */
    int uncounted() {
        int uncounted = 0;
        for (Piece<?> each : pieces) {
            uncounted += each.uncounted();
        }
        return uncounted;
    }

    /** How many of these have not begun. */
    private int unbegun() {
        int unbegun = 0;
        for (Piece<?> each : pieces) {
            unbegun += each.unbegun();
        }
        return unbegun;
    }

    /** How many jobs wait for permits. */
    int waitingJobs() {
        return waitingJobs;
    }

    /** Takes back what the pool has not begun, for it to wait for permits. */
    void recall() {
        execute(() -> pieces.forEach(Piece::recall)); // after what is on its way to the pool
    }

    /** Something has changed by which jobs may begin, or not. */
    void look() {
        if (looks.compareAndSet(false, true)) {
            execute(() -> {
                looks.set(false);
                letThrough();
            });
        }
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            return; // the work has ended
        }
    }

    private void letThrough() {
        for (Iterator<Waiting<J>> all = waiting.values().iterator(); all.hasNext(); ) {
            Waiting<J> next = all.next();
            if (next.held.cancelsJobs()) {
                long[] cancelled = next.takeCancelled();
                if (cancelled.length > 0) {
                    exit.giveBack(next, cancelled);
                }
            }
            if (next.size() == 0) {
                all.remove();
            } else if (next.held.givesBack) {
                all.remove();
                exit.giveBack(next, next.take(next.size()).numbers());
            } else if (!isKeyed || !isRunning(next.held)) {
                int room = throttle.pass(next.size(), running(), unbegun(), System.nanoTime());
                if (room > 0) {
                    Waiting.Taken<J> taken = next.take(room);
                    if (next.size() == 0) {
                        all.remove();
                    }
                    exit.submit(next, taken.numbers(), taken.jobs());
                }
            }
        }
        waitingJobs = waiting.values().stream().mapToInt(Waiting::size).sum();
        if (!waiting.isEmpty()) {
            lookAtNextSlot();
            tellStarved();
        }
    }

    private void tellStarved() {
        long nowNs = System.nanoTime();
        if (nowNs - toldNs >= TELL_NS) {
            toldNs = nowNs;
            starved.run();
        }
    }

    private boolean isRunning(Held<J> held) {
        return pieces.stream().anyMatch(each -> each.held() == held);
    }

    private void lookAtNextSlot() {
        long nowNs = System.nanoTime();
        long nextNs = throttle.nextNs(unbegun(), nowNs);
        boolean isTimed = timerNs != NO_TIMER && timerNs - nextNs <= 0 && timerNs - nowNs > 0;
        if (nextNs == Long.MAX_VALUE || isTimed || nextNs - nowNs <= 0) {
            return; // what may begin by the rate waits for the share or for a worker
        }
        timerNs = nextNs;
        CompletableFuture.delayedExecutor(nextNs - nowNs, TimeUnit.NANOSECONDS).execute(this::look);
    }
}
