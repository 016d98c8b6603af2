package dev.workpool.fuzz;

import akka.Done;
import akka.actor.typed.ActorRef;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The pool of a round: one that was started, or one that is an actor and hears commands only. */
final class Target {
    private final World world;

    /** Null for an actor. */
    private final WorkerPool<Job, Job.Result> pool;

    final ActorRef<PoolCommand<Job, Job.Result>> ref;

    /** Completes when the actor is gone. */
    final CompletableFuture<Done> gone;

    private Target(World world, WorkerPool<Job, Job.Result> pool, ActorRef<PoolCommand<Job, Job.Result>> ref) {
        this.world = world;
        this.pool = pool;
        this.ref = ref;
        this.gone = world.watch(ref);
    }

    static Target start(World world, Model model, String name) {
        Scenario scenario = model.scenario;
        WorkerPoolSettings settings = scenario.settings(world.system(), name, model.contexts);
        BlockingHandler blocking = new BlockingHandler();
        AsyncHandler async = new AsyncHandler(world);
        return switch (scenario.kind) {
            case SIMPLE ->
                of(world, WorkerPool.start(world.system(), settings, (Job job) -> blocking.handle(job, null)));
            case BLOCKING, VIRTUAL ->
                of(
                        world,
                        WorkerPool.start(
                                world.system(),
                                settings,
                                (Job job, JobContext context) -> blocking.handle(job, context)));
            case ASYNC ->
                of(
                        world,
                        WorkerPool.startAsync(
                                world.system(), settings, (Job job, JobContext context) -> async.handle(job, context)));
            case ACTOR ->
                new Target(
                        world,
                        null,
                        world.spawn(WorkerPool.behavior(
                                settings, (Job job, JobContext context) -> blocking.handle(job, context))));
            case ASYNC_ACTOR ->
                new Target(
                        world,
                        null,
                        world.spawn(WorkerPool.behaviorAsync(
                                settings, (Job job, JobContext context) -> async.handle(job, context))));
        };
    }

    private static Target of(World world, WorkerPool<Job, Job.Result> pool) {
        return new Target(world, pool, pool.ref());
    }

    World world() {
        return world;
    }

    boolean isActor() {
        return pool == null;
    }

    WorkerPool<Job, Job.Result> pool() {
        return pool;
    }

    void resize(int workers) {
        if (isActor()) {
            ref.tell(new PoolCommand.Resize<>(workers));
        } else {
            pool.resize(workers);
        }
    }

    void pause() {
        if (isActor()) {
            ref.tell(new PoolCommand.Pause<>());
        } else {
            pool.pause();
        }
    }

    void resume() {
        if (isActor()) {
            ref.tell(new PoolCommand.Resume<>());
        } else {
            pool.resume();
        }
    }

    void limit(Optional<RateLimit> limit) {
        if (isActor()) {
            ref.tell(new PoolCommand.SetRateLimit<>(limit));
        } else {
            pool.setRateLimit(limit);
        }
    }

    /** Of an actor that is gone, a stage that does not complete. */
    CompletionStage<PoolStats> stats() {
        if (isActor()) {
            Sink<PoolStats> sink = world.sink();
            ref.tell(new PoolCommand.GetStats<>(sink.ref()));
            return sink.first();
        }
        return pool.stats();
    }

    CompletionStage<?> drain() {
        return isActor() ? end(PoolCommand.Drain::new) : pool.drain();
    }

    CompletionStage<?> abort() {
        return isActor() ? end(PoolCommand.Abort::new) : pool.abort();
    }

    /** Answered, unless the actor is gone already. */
    private CompletionStage<?> end(Function<ActorRef<Done>, PoolCommand<Job, Job.Result>> command) {
        Sink<Done> sink = world.sink();
        ref.tell(command.apply(sink.ref()));
        return CompletableFuture.anyOf(sink.first(), gone);
    }
}
