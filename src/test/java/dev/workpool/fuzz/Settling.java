package dev.workpool.fuzz;

import dev.workpool.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/** Lets a pool that is open come to rest, and then sees whether each of its workers is still there, and idle. */
final class Settling {
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
                        () -> goesOn(isDone(each)),
                        "something that was submitted does not complete",
                        each.textOfOpen());
            }
            watch.await(() -> goesOn(isIdle()), "an idle pool does not show itself as idle", "");
        } while (model.submitted().size() > before && !watch.hasMissed());
        if (!model.ending && !watch.hasMissed()) {
            model.target.resume(); // it may have been paused when there was nothing left to do
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

    /** As many jobs as there are workers wait for each other, and as many more as there is room for wait for these. */
    private void meet(int workers) {
        boolean bounded = model.scenario.whenFull.isPresent();
        int waiting = bounded ? Math.min(model.scenario.capacity, 100) : 10;
        if (model.scenario.jobTimeout.isPresent()) { // single jobs would end too soon
            if (!bounded || model.scenario.capacity >= workers) {
                model.meeting = new CountDownLatch(workers);
                SubmittedBatch batch = new SubmittedBatch(model, workers, Plan.only(0, Plan.Act.MEET));
                batch.submit();
                checkMet(List.of(batch));
            }
            return;
        }
        model.meeting = new CountDownLatch(workers);
        List<Submitted> singles = new ArrayList<>();
        for (int i = 0; i < workers + waiting; i++) {
            SubmittedSingle single = new SubmittedSingle(model, Plan.only(0, Plan.Act.MEET));
            single.submit();
            singles.add(single);
        }
        checkMet(singles);
    }

    private void checkMet(List<Submitted> all) {
        for (Submitted each : all) {
            watch.await(each.completion(), "not all workers run at a time", each.text());
            if (!model.ending && !each.hasSucceeded()) {
                model.findings.add("a job does not run though workers are idle", each.text() + each.ended());
            }
        }
    }
}
