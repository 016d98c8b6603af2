package dev.workpool.fuzz;

import dev.workpool.job.PoolStats;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A pool from its start to its end, and what is left of it then. */
final class Round {
    private final World world;
    private final Scenario scenario;
    private final String name;
    private final Findings findings;
    private final Watch watch;
    private final Model model;
    private final SplittableRandom random;

    Round(World world, Scenario scenario, String name, Findings findings, Watch watch) {
        this.world = world;
        this.scenario = scenario;
        this.name = name;
        this.findings = findings;
        this.watch = watch;
        this.model = new Model(scenario, findings);
        this.random = new SplittableRandom(scenario.seed ^ 0x5DEECE66DL);
    }

    void play() {
        model.target = Target.start(world, model, name);
        Steps steps = new Steps(model, random);
        steps.play();
        if (random.nextInt(3) == 0) {
            new Settling(model, watch).check(steps.crowds());
        }
        Future<?> late = scenario.has(Trait.LATE) && !model.target.isActor()
                ? world.elsewhere().submit(new LateSubmitter(model, random.split()))
                : CompletableFuture.completedFuture(null);
        new Endings(world, model, watch, random).end();
        model.released.countDown();
        late.cancel(true);
        awaitAll(steps);
        if (!watch.hasMissed()) {
            checkAll();
        }
        checkNothingIsLeft();
    }

    private void awaitAll(Steps steps) {
        for (Future<?> crowd : steps.crowds()) {
            watch.await(crowd::isDone, "a thread that submits does not return", "");
        }
        for (Submitted each : model.submitted()) {
            boolean isStopped = each.isCommand() && scenario.ending.isSudden; // perhaps before it was heard
            if (each.isAnsweredAnyway() && !isStopped) {
                watch.await(each.completion(), "something that was submitted does not complete", each.textOfOpen());
            }
            if (each instanceof SubmittedStream stream) {
                watch.await(stream::isSourceClosed, "the source of a stream is not closed", each.text());
            }
        }
        watch.await(() -> model.running() == 0, "a handler does not end", "");
        if (watch.hasMissed()) {
            tellStatistics();
        }
    }

    /** What the pool says of itself, where something has not come. */
    private void tellStatistics() {
        var stats = model.target.stats();
        String text = watch.await(stats, "statistics do not come", "")
                ? String.valueOf(stats.toCompletableFuture().getNow(null))
                : "";
        findings.add("statistics of the pool that hangs", text + ", handlers running: " + model.running());
    }

    private void checkAll() {
        for (Submitted each : model.submitted()) {
            each.check();
        }
        model.checkWhatMustNotRun();
        if (!model.target.isActor()) {
            model.target.pool().stats().thenAccept(this::checkLast);
        }
    }

    private void checkLast(PoolStats stats) {
        if (stats.queued() != 0 || stats.running() != 0 || stats.done() != stats.accepted()) {
            findings.add("the last statistics show something that is not done", stats.toString());
        }
    }

    /** Threads of the pool, of which only those of handlers that did not listen may have been left for a while; and its name. */
    private void checkNothingIsLeft() {
        watch.await(
                () -> threads().isEmpty(),
                "threads of the pool are left",
                threads().toString());
        if (scenario.ending.endsSystem) {
            watch.await(world::isTerminated, "the actor system does not end", "");
        } else if (world.isTerminated()) {
            findings.add("the actor system has ended", "");
        } else if (!watch.hasMissed()) {
            watch.await(model.target.gone, "the pool's actor is not gone", "");
            reuseName();
        }
    }

    private List<String> threads() {
        Thread[] all = new Thread[Thread.activeCount() + 64];
        int count = Thread.enumerate(all);
        return Arrays.stream(all, 0, count)
                .map(Thread::getName)
                .filter(thread -> thread.contains(name))
                .toList();
    }

    private void reuseName() {
        try {
            Model next = new Model(scenario, findings);
            next.target = Target.start(world, next, name);
            watch.await(next.target.abort(), "a pool that did nothing does not end", "");
        } catch (RuntimeException e) {
            findings.add("the name of a pool that is gone cannot be used again", e.toString());
        }
    }
}
