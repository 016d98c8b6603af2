package dev.workpool.fuzz;

import dev.workpool.PoolExecutor;
import dev.workpool.settings.WhenFull;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What is known of an executor in a round. Thread-safe. */
final class ExecutorModel {
    final Findings findings;
    final Throwables throwables;
    final CountDownLatch released = new CountDownLatch(1);
    final int workers;
    final int hostility;
    final boolean deep;
    final Optional<Duration> jobTimeout;
    final Optional<WhenFull> whenFull;
    final int capacity;

    /** What {@code shutdownNow} has given back. */
    final Set<Runnable> givenBack = ConcurrentHashMap.newKeySet();

    /** Set before anything is submitted. */
    volatile PoolExecutor executor;

    volatile boolean ending;
    volatile boolean cancelling;
    volatile boolean terminated;

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most;
    private final Queue<SubmittedTask> submitted = new ConcurrentLinkedQueue<>();

    ExecutorModel(Findings findings, SplittableRandom random, boolean calm) {
        this.findings = findings;
        this.throwables = new Throwables(findings);
        this.workers = 1 + random.nextInt(5);
        this.most = new AtomicInteger(workers);
        this.hostility = new int[] {1, 20, 90}[random.nextInt(3)];
        this.deep = random.nextInt(4) == 0 && !calm && !FuzzOptions.isCalm();
        this.jobTimeout = random.nextInt(3) == 0 ? Optional.of(Scenario.millis(1, 20, random)) : Optional.empty();
        this.whenFull = random.nextInt(3) == 0
                ? Optional.of(List.of(WhenFull.values()).get(random.nextInt(WhenFull.values().length)))
                : Optional.empty();
        this.capacity = 1 + random.nextInt(random.nextBoolean() ? 4 : 100);
    }

    void willEnd(boolean cancels) {
        cancelling |= cancels;
        ending = true;
    }

    void willResize(int to) {
        most.accumulateAndGet(to, Math::max);
    }

    void begin(Task task, boolean byCaller) {
        if (byCaller) {
            return;
        }
        int now = running.incrementAndGet();
        if (now > most.get()) {
            findings.add("more tasks at a time than workers", now + " of " + most + ": " + task.text());
        }
        if (terminated) {
            findings.add("a task begins after the executor has terminated", task.text());
        }
    }

    void end(boolean byCaller) {
        if (!byCaller) {
            running.decrementAndGet();
        }
    }

    int running() {
        return running.get();
    }

    void add(SubmittedTask task) {
        submitted.add(task);
    }

    Queue<SubmittedTask> submitted() {
        return submitted;
    }

    boolean blocks() {
        return whenFull.equals(Optional.of(WhenFull.BLOCK));
    }

    @Override
    public String toString() {
        return "executor with " + workers + " workers, hostility " + hostility
                + jobTimeout
                        .map(time -> ", job time-out " + time.toMillis() + " ms")
                        .orElse("")
                + whenFull.map(policy -> ", " + policy + " at " + capacity).orElse("")
                + (deep ? ", deep" : "");
    }
}
