package dev.workpool.fuzz;

import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** What is done to a pool while it is open, one thing after another. */
final class Steps {
    private static final int MOST_JOBS = 300;
    private static final int MOST_JOBS_OF_HOSTILE_ROUNDS = 40;
    private static final int CROWD = 4;

    private final Model model;
    private final Target target;
    private final SplittableRandom random;
    private final List<Future<?>> crowds = new ArrayList<>();

    /** Complete when the last snapshot has been compared. */
    private CompletionStage<Void> sample;

    Steps(Model model, SplittableRandom random) {
        this.model = model;
        this.target = model.target;
        this.random = random;
    }

    void play() {
        for (int i = 0; i < model.scenario.steps; i++) {
            step();
            sample();
            if (random.nextInt(4) == 0) {
                LockSupport.parkNanos(random.nextInt(2_000_000));
            } else {
                for (int spins = random.nextInt(20_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** Threads that go on submitting, and are to be waited for. */
    List<Future<?>> crowds() {
        return crowds;
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> submitBatch();
            case 3, 4 -> submitSingles(random.nextInt(20));
            case 5, 6 -> submitStream();
            case 7 -> command();
            case 8, 9 -> cancel();
            case 10 -> tune();
            case 11 -> poison();
            case 12 -> crowd();
            case 13 -> submitNearTheEndOfTheStack();
            case 14 -> look();
            default -> submitBadly();
        }
    }

    private int jobs() {
        boolean few = model.scenario.hostility > 100 || model.scenario.kind.isAsync();
        return random.nextInt(few ? MOST_JOBS_OF_HOSTILE_ROUNDS : MOST_JOBS);
    }

    private void submitBatch() {
        if (target.isActor()) {
            new CommandedBatch(model, jobs(), random).submit();
        } else {
            new SubmittedBatch(model, jobs(), 0, random).submit();
        }
    }

    private void submitSingles(int count) {
        for (int i = 0; i < count; i++) {
            if (target.isActor()) {
                new CommandedSingle(model, random).submit();
            } else {
                new SubmittedSingle(model, 0, random).submit();
            }
        }
    }

    private void submitStream() {
        if (model.scenario.has(Trait.STREAMS) && !target.isActor()) {
            new SubmittedStream(model, jobs(), random).submit();
        } else {
            submitBatch();
        }
    }

    private void command() {
        if (!model.scenario.has(Trait.COMMANDS)) {
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> new CommandedBatch(model, jobs(), random).submit();
            case 1 -> new CommandedSingle(model, random).submit();
            default -> {
                Sink<PoolStats> sink = target.world().sink();
                target.ref.tell(new PoolCommand.GetStats<>(sink.ref()));
            }
        }
    }

    private void cancel() {
        Submitted[] all = model.submitted().toArray(Submitted[]::new);
        if (model.scenario.has(Trait.CANCELS) && all.length > 0) {
            all[random.nextInt(all.length)].cancel(random);
        }
    }

    private void tune() {
        if (!model.scenario.has(Trait.TUNES)) {
            return;
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                int workers = 1 + random.nextInt(6);
                model.willResize(workers);
                target.resize(workers);
            }
            case 2 -> {
                if (!model.scenario.blocks()) {
                    target.pause();
                }
            }
            case 3 -> target.resume();
            default -> target.limit(random.nextBoolean() ? Optional.empty() : Optional.of(Scenario.rate(random)));
        }
    }

    private void poison() {
        if (model.scenario.has(Trait.POISON)) {
            target.world()
                    .stopFromOutside(target.ref, "/router/worker-" + random.nextInt(4) + "-*", random.nextBoolean());
        }
    }

    private void crowd() {
        if (!model.scenario.has(Trait.CROWD) || target.isActor()) {
            return;
        }
        if (model.scenario.blocks()) {
            crowds.addAll(new Crowd(model, random.split()).start());
            return;
        }
        for (int i = 0; i < CROWD; i++) {
            SplittableRandom own = random.split();
            crowds.add(target.world().elsewhere().submit(() -> submitAsOneOfMany(own)));
        }
    }

    private void submitAsOneOfMany(SplittableRandom own) {
        for (int i = own.nextInt(30); i > 0; i--) {
            if (own.nextInt(4) == 0) {
                new SubmittedBatch(model, own.nextInt(20), 0, own).submit();
            } else {
                new SubmittedSingle(model, 0, own).submit();
            }
        }
    }

    private void submitNearTheEndOfTheStack() {
        if (model.scenario.has(Trait.DEEP) && !target.isActor()) {
            SplittableRandom own = random.split();
            crowds.add(target.world().elsewhere().submit(() -> Acts.submitNearTheEndOfTheStack(model, 0, own)));
        }
    }

    private void look() {
        for (Submitted each : model.submitted()) {
            if (each instanceof SubmittedBatch batch && !batch.isRefused()) {
                batch.look();
            }
        }
    }

    /** One snapshot after another, so that they can be compared. */
    private void sample() {
        if (sample == null || sample.toCompletableFuture().isDone()) {
            Thread self = Thread.currentThread();
            if (target.pool() != null) {
                model.onSnapshot(target.pool().snapshot());
            }
            sample = target.stats().thenAccept(stats -> {
                model.onDependent(self, "dependent of statistics");
                model.onStats(stats);
            });
        }
    }

    private void submitBadly() {
        if (!model.scenario.has(Trait.BAD_INPUT) || target.isActor()) {
            return;
        }
        SubmittedBatch jobs = new SubmittedBatch(model, 3, 0, random);
        IllegalArgumentException own = new IllegalArgumentException("of the input");
        switch (random.nextInt(3)) {
            case 0 -> refuses(jobs, () -> target.pool().submit(null), null);
            case 1 -> {
                List<Job> withNull = new ArrayList<>(jobs.jobs);
                withNull.add(null);
                refuses(jobs, () -> target.pool().submitAll(withNull), null);
            }
            default -> refuses(jobs, () -> target.pool().submitAll(() -> broken(jobs.jobs, own)), own);
        }
        model.mustNotRun(jobs.jobs);
    }

    private static Iterator<Job> broken(List<Job> jobs, RuntimeException problem) {
        Iterator<Job> some = jobs.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Job next() {
                if (some.hasNext()) {
                    return some.next();
                }
                throw problem;
            }
        };
    }

    private void refuses(Submitted what, Supplier<?> submission, RuntimeException with) {
        try {
            Submitting.with(what, submission);
            model.findings.add("bad input is taken", "");
        } catch (NullPointerException e) {
            if (with != null) {
                model.findings.add("bad input is refused with another exception", e.toString());
            }
        } catch (IllegalArgumentException e) {
            if (e != with) {
                model.findings.add("bad input is refused with another exception", e.toString());
            }
        }
    }
}
