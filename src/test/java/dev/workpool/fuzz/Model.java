package dev.workpool.fuzz;

import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** What is known of a pool in a round, from what was asked of it and what it has called. Thread-safe. */
final class Model {
    private static final int PLACES = 64;

    final Scenario scenario;
    final Findings findings;
    final Throwables throwables;

    /** Opened when nothing is to hang any more. */
    final CountDownLatch released = new CountDownLatch(1);

    /** Who is to run at a time. */
    volatile CountDownLatch meeting = new CountDownLatch(0);

    /** Somebody has asked for the pool's end, so what is submitted from now on may be rejected. */
    volatile boolean ending;

    /** Somebody has asked for an end that cancels what was accepted. */
    volatile boolean cancelling;

    /** The pool has said that it is gone. */
    volatile boolean ended;

    /** The pool; set before anything is submitted. */
    volatile Target target;

    private final AtomicInteger ids = new AtomicInteger();
    /** Permits of the handlers that run. */
    private final AtomicInteger running = new AtomicInteger();

    private volatile boolean resized;

    /** Handlers that began after the end. */
    private final AtomicInteger late = new AtomicInteger();

    private final AtomicInteger most;
    private final AtomicReferenceArray<Call> places = new AtomicReferenceArray<>(PLACES);
    private final Queue<Submitted> submitted = new ConcurrentLinkedQueue<>();

    private final Queue<Job> refused = new ConcurrentLinkedQueue<>();

    /** Of batches that were cancelled by id. */
    final Set<String> batchIdsCancelled = ConcurrentHashMap.newKeySet();

    final Contexts contexts;

    private PoolStats before;

    Model(Scenario scenario, Findings findings) {
        this.scenario = scenario;
        this.findings = findings;
        this.throwables = new Throwables(findings);
        this.contexts = new Contexts(findings);
        this.most = new AtomicInteger(scenario.workers);
    }

    int nextId() {
        return ids.incrementAndGet();
    }

    Job job(Submitted owner, int index, int level, SplittableRandom random) {
        return new Job(nextId(), level, new Plan(random.nextLong(), scenario), owner, index);
    }

    List<Job> jobs(Submitted owner, int count, int level, SplittableRandom random) {
        List<Job> jobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            jobs.add(job(owner, i, level, random));
        }
        return jobs;
    }

    <T extends Submitted> T add(T one) {
        submitted.add(one);
        return one;
    }

    void mustNotRun(List<Job> jobs) {
        refused.addAll(jobs);
    }

    void checkWhatMustNotRun() {
        for (Job job : refused) {
            if (job.calls.get() > 0) {
                findings.add("a job of bad input has run", job.text());
            }
        }
    }

    Queue<Submitted> submitted() {
        return submitted;
    }

    /** To be called before the pool hears of it. */
    void willResize(int workers) {
        resized = true;
        most.accumulateAndGet(workers, Math::max);
    }

    /** To be called before the pool is asked for its end. */
    void willEnd(boolean cancels) {
        cancelling |= cancels;
        ending = true;
    }

    // Handlers

    void enter(Call call) {
        call.permits = permits(call);
        int now = running.addAndGet(call.permits);
        int bound = most.get() + (scenario.has(Trait.STUBBORN) ? scenario.maxAbandoned : 0);
        if (now > bound) {
            findings.add(
                    "more permits are taken at a time than there are workers",
                    now + " of " + bound + ": " + call.job.text());
        }
        if (ended && !scenario.has(Trait.STUBBORN)) { // who is abandoned before he has begun may begin late
            checkLate(call);
        }
        if (call.job.inside.incrementAndGet() > 1 && !scenario.has(Trait.STUBBORN)) {
            findings.add("two attempts at a job at a time", call.job.text());
        }
        if (call.context != null) {
            take(call);
        }
    }

    /** As far as it is certain: of more than there are workers it takes all, and they may be more or fewer by now, or given back. */
    private int permits(Call call) {
        boolean certain = !resized && !scenario.adaptive && !scenario.has(Trait.STUBBORN);
        return certain ? Math.min(call.job.owner.permits(), scenario.workers) : 1;
    }

    /** A job that a worker has claimed may get its outcome, by a time-out or since actors were stopped, before its handler is called. */
    private void checkLate(Call call) {
        boolean mayBeClaimed = scenario.ending.isSudden || call.job.owner.isTimed();
        if (late.incrementAndGet() > (mayBeClaimed ? most.get() : 0)) {
            findings.add("a handler begins after the end", call.job.text());
        }
    }

    private void take(Call call) {
        int place = call.context.workerIndex();
        if (place < 0 || place >= most.get()) {
            findings.add("a worker's index is out of range", place + ": " + call.job.text());
        } else if (place < PLACES && !scenario.has(Trait.STUBBORN)) {
            Call other = places.getAndSet(place, call);
            if (other != null) {
                findings.add(
                        "two handlers at a time have the same worker's index",
                        place + ": " + call.job.text() + ", " + other.job.text());
            }
        }
    }

    void leave(Call call) {
        if (call.context != null) {
            int place = call.context.workerIndex();
            if (place >= 0 && place < PLACES) {
                places.compareAndSet(place, call, null);
            }
        }
        call.job.inside.decrementAndGet();
        running.addAndGet(-call.permits);
    }

    int running() {
        return running.get();
    }

    // Callbacks

    /** To be called first of all in whatever the pool calls, besides handlers. */
    void onCallback(String what) {
        if (Where.onControl()) {
            findings.add("code of users runs on the control thread", what);
        }
        if (Where.onCallback() && Thread.currentThread().isInterrupted()) {
            findings.add("a callback begins interrupted", what);
        }
    }

    /** The same for a dependent, which runs on the thread that registers it, if it comes late. */
    void onDependent(Thread registeredBy, String what) {
        if (Thread.currentThread() != registeredBy) {
            onCallback(what);
        }
    }

    /** Called with one snapshot after another, each asked for when the one before had come. */
    synchronized void onStats(PoolStats stats) {
        long sum = stats.done() + stats.queued() + stats.running();
        if (stats.accepted() != sum || stats.queued() < 0 || stats.running() < 0 || stats.abandoned() < 0) {
            findings.add("the sums of the statistics do not add up", stats.toString());
        }
        if (stats.running() > most.get()) {
            findings.add("the statistics show more running than there are workers", most + ": " + stats);
        }
        if (before != null && goesBack(before, stats)) {
            findings.add("a count of the statistics goes back", before + ", then " + stats);
        }
        before = stats;
    }

    /** What anybody may read at any time. */
    void onSnapshot(PoolSnapshot now) {
        long sum = now.done() + now.queued() + now.waiting() + now.running();
        if (now.accepted() != sum || now.queued() < 0 || now.waiting() < 0 || now.running() < 0) {
            findings.add("the sums of a snapshot do not add up", now.toString());
        }
    }

    private boolean goesBack(PoolStats from, PoolStats to) {
        return to.succeeded() < from.succeeded()
                || to.failed() < from.failed()
                || to.timedOut() < from.timedOut()
                || to.cancelled() < from.cancelled()
                || to.rejected() < from.rejected()
                || (to.accepted() < from.accepted() && !scenario.drops());
    }
}
