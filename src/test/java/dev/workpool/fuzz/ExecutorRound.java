package dev.workpool.fuzz;

import dev.workpool.PoolExecutor;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** An executor from its start to its end. */
final class ExecutorRound {
    private enum End {
        SHUT_DOWN,
        SHUT_DOWN_NOW,
        SHUT_DOWN_NOW_TWICE,
        CLOSE,
        CLOSE_INTERRUPTED,
        TERMINATE
    }

    private final World world;
    private final String name;
    private final Findings findings;
    private final Watch watch;
    private final SplittableRandom random;
    private final ExecutorModel model;
    private final End end;

    ExecutorRound(World world, long seed, String name, Findings findings, Watch watch, boolean calm) {
        this.world = world;
        this.name = name;
        this.findings = findings;
        this.watch = watch;
        this.random = new SplittableRandom(seed);
        this.model = new ExecutorModel(findings, random, calm);
        this.end = End.values()[random.nextInt(End.values().length)];
    }

    boolean endsSystem() {
        return end == End.TERMINATE;
    }

    void play() {
        WorkerPoolSettings settings = WorkerPoolSettings.create(world.system(), name)
                .withWorkers(model.workers)
                .withCloseTimeout(Scenario.millis(0, 25, random));
        settings = model.jobTimeout.isPresent() ? settings.withJobTimeout(model.jobTimeout.get()) : settings;
        settings = model.whenFull.isPresent()
                ? settings.withQueueCapacity(model.capacity, model.whenFull.get())
                : settings;
        model.executor = PoolExecutor.start(world.system(), settings);
        CompletableFuture<Void> steps = CompletableFuture.runAsync(this::steps, world.elsewhere());
        if (model.blocks()) { // nothing makes room while all hang
            LockSupport.parkNanos(random.nextInt(2_000_000));
            model.released.countDown();
        }
        watch.await(steps, "a thread that submits to an executor does not return", "");
        end();
        model.released.countDown();
        watch.await(this::isTerminated, "an executor does not terminate", "");
        model.terminated = true;
        for (SubmittedTask each : model.submitted()) {
            watch.await(each::isDone, "a future of an executor does not complete", each.task.text());
        }
        for (SubmittedTask each : model.submitted()) {
            each.check();
        }
        watch.await(() -> model.running() == 0, "a task does not end", "");
        if (watch.hasMissed()) {
            tellStatistics();
        }
    }

    /** What the executor says of itself, where something has not come. */
    private void tellStatistics() {
        var stats = model.executor.stats();
        String text = watch.await(stats, "statistics do not come", "")
                ? String.valueOf(stats.toCompletableFuture().getNow(null))
                : "";
        findings.add("statistics of the executor that hangs", text + ", tasks running: " + model.running());
    }

    private boolean isTerminated() {
        return model.executor.isTerminated();
    }

    private void steps() {
        for (int i = 3 + random.nextInt(20); i > 0; i--) {
            step();
            for (int spins = random.nextInt(20_000); spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }
    }

    private void step() {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                for (int i = random.nextInt(60); i > 0; i--) {
                    new SubmittedTask(model, 0, random).submit();
                }
            }
            case 3 -> {
                SubmittedTask[] all = model.submitted().toArray(SubmittedTask[]::new);
                if (all.length > 0) {
                    all[random.nextInt(all.length)].cancel(random.nextBoolean());
                }
            }
            case 4 -> {
                int workers = 1 + random.nextInt(5);
                model.willResize(workers);
                model.executor.resize(workers);
            }
            case 5 -> model.executor.stats().thenAccept(this::check);
            case 6 -> invokeAll();
            default -> invokeAny();
        }
    }

    private void check(PoolStats stats) {
        if (stats.accepted() != stats.done() + stats.queued() + stats.running()) {
            findings.add("the sums of the statistics do not add up", stats.toString());
        }
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            tasks.add(new Task(model, 2, random));
        }
        return tasks;
    }

    private void invokeAll() {
        List<Task> tasks = tasks();
        try {
            Submitting.with(null, () -> {
                try {
                    model.executor.invokeAll(tasks, 20, TimeUnit.MILLISECONDS).forEach(future -> {
                        if (!future.isDone()) {
                            findings.add("invokeAll returns a future that is not done", "");
                        }
                    });
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return null;
            });
        } catch (RejectedExecutionException e) {
            // Full, or shut down by a task.
        }
    }

    private void invokeAny() {
        List<Task> tasks = tasks();
        Object result = Submitting.with(null, () -> invokeAny(tasks));
        if (result != null && tasks.stream().noneMatch(task -> task.result == result)) {
            findings.add("invokeAny gives a result of no task", "");
        }
    }

    private Object invokeAny(List<Task> tasks) {
        try {
            return model.executor.invokeAny(tasks, 20, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException | CancellationException e) {
            return null; // none has succeeded, in time
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end() {
        switch (end) {
            case SHUT_DOWN -> {
                model.willEnd(false);
                model.executor.shutdown();
                model.released.countDown();
            }
            case SHUT_DOWN_NOW -> shutdownNow();
            case SHUT_DOWN_NOW_TWICE -> {
                CompletableFuture<Void> other = CompletableFuture.runAsync(this::shutdownNow, world.elsewhere());
                shutdownNow();
                watch.await(other, "shutdownNow() does not return", "");
            }
            case CLOSE -> {
                Thread closer = closer(false);
                model.released.countDown();
                watch.await(() -> !closer.isAlive(), "close() of an executor does not return", "");
            }
            case CLOSE_INTERRUPTED -> {
                Thread closer = closer(true);
                LockSupport.parkNanos(random.nextInt(2_000_000));
                closer.interrupt();
                watch.await(() -> !closer.isAlive(), "close() of an executor does not return", "");
            }
            case TERMINATE -> {
                model.willEnd(true);
                world.system().terminate();
                watch.await(world.system().getWhenTerminated(), "the actor system does not end", "");
            }
        }
    }

    private Thread closer(boolean cancels) {
        model.willEnd(cancels);
        Thread closer = new Thread(model.executor::close, "fuzz-closer");
        closer.setDaemon(true);
        closer.start();
        return closer;
    }

    private void shutdownNow() {
        model.willEnd(true);
        for (Runnable given : model.executor.shutdownNow()) {
            if (!model.givenBack.add(given)) {
                findings.add(
                        "shutdownNow() gives a task back twice",
                        given.getClass().getName());
            }
        }
    }

    String text() {
        return model + ", " + end;
    }
}
