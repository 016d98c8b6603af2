package dev.workpool.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that submit single jobs one after another to a full pool, and one that submits a batch as large as the queue: who waits for room is
 * not to be overtaken by those that come later.
 */
final class Crowd {
    private static final int SINGLES = 4;
    private static final int MOST_JOBS = 1_500;

    /** Some slip by between the moment when a thread is seen to wait and that when it is in line, or has been woken. */
    private static final int SLACK = 100;

    private final Model model;
    private final SubmittedBatch batch;
    private final AtomicInteger submitted = new AtomicInteger();
    private final AtomicInteger overtaking = new AtomicInteger();
    private final long seed;
    private volatile Thread waiting;

    Crowd(Model model, SplittableRandom random) {
        this.model = model;
        this.seed = random.nextLong();
        int size = Math.min(model.scenario.capacity, 1 + random.nextInt(60));
        this.batch = new SubmittedBatch(model, size, Plan.only(random.nextLong(), Plan.Act.SPIN));
    }

    List<Future<?>> start() {
        List<Future<?>> threads = new ArrayList<>();
        for (int i = 0; i < SINGLES; i++) {
            threads.add(model.target.world().elsewhere().submit(this::submitSingles));
        }
        threads.add(model.target.world().elsewhere().submit(this::submitBatch));
        return threads;
    }

    private void submitBatch() {
        waiting = Thread.currentThread();
        batch.submit();
        waiting = null;
        int allowed = 2 * model.scenario.capacity + SLACK;
        if (overtaking.get() > allowed) {
            model.findings.add(
                    "a batch that waits for room is overtaken",
                    overtaking + " single jobs came later: " + batch.text());
        }
    }

    private void submitSingles() {
        boolean wasWaiting = false;
        while (submitted.incrementAndGet() <= MOST_JOBS && !model.ending && (waiting != null || !wasWaiting)) {
            boolean isWaiting = isWaiting();
            new SubmittedSingle(model, Plan.only(seed + submitted.get(), Plan.Act.SPIN)).submit();
            if (isWaiting && waiting != null && batch.jobs.get(0).calls.get() == 0) {
                overtaking.incrementAndGet();
            }
            wasWaiting |= isWaiting;
        }
    }

    private boolean isWaiting() {
        Thread thread = waiting;
        return thread != null
                && (thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }
}
