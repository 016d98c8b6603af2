package dev.workpool.fuzz;

import dev.workpool.job.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Lets a pool that is open come to rest, and then sees whether each of its workers is still there, and idle. */
final class Settling {
    private static final int MOST_WAITING = 100;
    private static final int TRIES = 3;

    /** Longer than a pool is slowed down for. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Model model;
    private final Watch watch;

    Settling(Model model, Watch watch) {
        this.model = model;
        this.watch = watch;
    }

    void check(List<Future<?>> crowds) {
        if (model.target.isActor() || model.scenario.adaptive || model.scenario.has(Trait.CONTEXTS)) {
            return;
        }
        model.released.countDown();
        model.target.limit(Optional.empty());
        for (Future<?> crowd : crowds) {
            watch.await(() -> goesOn(crowd.isDone()), "a thread that submits does not return", "");
        }
        int before;
        do { // what ends may have submitted something
            before = model.submitted().size();
            for (Submitted each : model.submitted()) {
                watch.await(
                        () -> goesOn(isDone(each) || !each.isAnsweredAnyway()),
                        "something that was submitted does not complete",
                        each.textOfOpen());
            }
            // The last statistics of a pool that a job has ended show handlers that had been given up by then.
            watch.await(() -> goesOn(model.ending || isIdle()), "an idle pool does not show itself as idle", "");
        } while (model.submitted().size() > before && !watch.hasMissed());
        if (!model.ending && !watch.hasMissed()) {
            meet(stats().workers());
        }
    }

    /** Resumes the pool, which a job may have paused, as long as something is not done. */
    private boolean goesOn(boolean done) {
        if (!done) {
            model.target.resume();
        }
        return done;
    }

    private static boolean isDone(Submitted one) {
        return one.completion().toCompletableFuture().isDone();
    }

    private boolean isIdle() {
        PoolStats now = stats();
        return now != null && now.queued() == 0 && now.running() == 0 && now.abandoned() == 0;
    }

    private PoolStats stats() {
        var stats = model.target.stats();
        return watch.await(stats, "statistics do not come", "")
                ? stats.toCompletableFuture().getNow(null)
                : null;
    }

    /**
     * As many jobs as there are workers wait for each other, and as many more as there is room for wait for these. A pool that was slowed down,
     * paused or busy a moment before may not know yet that all of its workers are idle, so it has some tries.
     */
    private void meet(int workers) {
        String refused = "";
        for (int i = 0; i < TRIES; i++) {
            model.target.resume(); // the last job may have paused it, or limited its rate
            model.target.limit(Optional.empty());
            List<Submitted> all = submit(workers);
            refused = haveMet(all);
            if (refused.isEmpty() || model.ending || watch.hasMissed()) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        model.findings.add("a job does not run though workers are idle", refused);
    }

    private List<Submitted> submit(int workers) {
        boolean bounded = model.scenario.whenFull.isPresent();
        model.meeting = new CountDownLatch(workers);
        List<Submitted> all = new ArrayList<>();
        if (model.scenario.jobTimeout.isPresent()) { // single jobs would end too soon
            SubmittedBatch batch = new SubmittedBatch(model, workers, Plan.only(0, Plan.Act.MEET));
            batch.submit();
            return List.of(batch);
        }
        int waiting = bounded ? Math.min(model.scenario.capacity, MOST_WAITING) : 10;
        for (int i = 0; i < workers + waiting; i++) {
            SubmittedSingle single = new SubmittedSingle(model, Plan.only(0, Plan.Act.MEET));
            single.submit();
            all.add(single);
        }
        return all;
    }

    /** One that was refused, so that nobody else waits for it any more; empty if all have met. */
    private String haveMet(List<Submitted> all) {
        watch.await(
                () -> all.stream().allMatch(Settling::isDone) || all.stream().anyMatch(Settling::isRefused),
                "not all workers run at a time",
                all.get(0).text());
        String refused = all.stream()
                .filter(Settling::isRefused)
                .findFirst()
                .map(one -> one.text() + one.ended())
                .orElse("");
        while (model.meeting.getCount() > 0) {
            model.meeting.countDown();
        }
        for (Submitted each : all) {
            watch.await(each.completion(), "something that was submitted does not complete", each.text());
        }
        return refused;
    }

    private static boolean isRefused(Submitted one) {
        return isDone(one) && !one.hasSucceeded();
    }
}
