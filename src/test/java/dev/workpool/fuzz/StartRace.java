package dev.workpool.fuzz;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Pools that are started while their actor system ends: they may not be had, but one that is completes whatever it is asked for. */
final class StartRace {
    private static final int MOST_POOLS = 4;

    private final World world;
    private final SplittableRandom random;
    private final Findings findings;
    private final Watch watch;
    private final String name;
    private final boolean guardian;
    private final List<CompletionStage<?>> stages = new ArrayList<>();
    private int started;

    StartRace(World world, long seed, String name, Findings findings, Watch watch) {
        this.world = world;
        this.random = new SplittableRandom(seed);
        this.name = name;
        this.findings = findings;
        this.watch = watch;
        this.guardian = random.nextInt(3) == 0;
    }

    void play() {
        ActorSystem<?> system = world.system();
        CompletableFuture<Void> ending = CompletableFuture.runAsync(this::end, world.elsewhere());
        for (int i = random.nextInt(4000); i > 0; i--) {
            Thread.onSpinWait();
        }
        List<WorkerPool<Integer, Integer>> pools = new ArrayList<>();
        for (int i = 0; i < MOST_POOLS; i++) {
            try {
                WorkerPoolSettings settings = WorkerPoolSettings.create(system, name + "-" + i)
                        .withWorkers(1 + random.nextInt(3))
                        .withCoordinatedShutdown(random.nextBoolean());
                WorkerPool<Integer, Integer> pool = random.nextBoolean()
                        ? WorkerPool.start(system, settings, (Integer job) -> job)
                        : WorkerPool.startAsync(
                                system, settings, (job, context) -> CompletableFuture.completedFuture(job));
                pools.add(pool);
                use(pool);
            } catch (RuntimeException e) { // the system has no room for it any more
                break;
            }
        }
        started = pools.size();
        watch.await(ending, "terminate() does not return", "");
        watch.await(system.getWhenTerminated(), "the actor system does not end", "");
        for (CompletionStage<?> stage : stages) {
            watch.await(stage, "a pool that was started while its system ended does not answer", text());
        }
        for (WorkerPool<Integer, Integer> pool : pools) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(pool::close, world.elsewhere());
            watch.await(closed, "a pool that was started while its system ended cannot be closed", text());
            watch.await(pool.submit(1), "a pool that was started while its system ended does not answer", text());
        }
    }

    private void end() {
        if (guardian) {
            world.stopGuardian();
        } else {
            world.system().terminate();
        }
    }

    private void use(WorkerPool<Integer, Integer> pool) {
        int uses = 1 + random.nextInt(6);
        for (int i = 0; i < uses; i++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> stages.add(pool.submit(1));
                case 2 -> {
                    AtomicInteger consumed = new AtomicInteger();
                    Batch<Integer> batch = pool.submitAll(
                            List.of(1, 2), BatchOptions.defaults(), (job, outcome) -> consumed.addAndGet(job));
                    stages.add(batch.result().thenRun(() -> {
                        if (consumed.get() != 3) {
                            findings.add("a consumer is not called for each job", text());
                        }
                    }));
                }
                case 3 -> {
                    Processing stream =
                            pool.process(List.of(1, 2, 3).iterator(), StreamOptions.ordered(), (job, outcome) -> {});
                    stages.add(stream.result());
                }
                case 4 -> stages.add(pool.stats());
                default -> stages.add(random.nextBoolean() ? pool.drain() : pool.abort());
            }
        }
    }

    String text() {
        return started + " pools, " + (guardian ? "the guardian stops" : "the system is terminated");
    }
}
