package dev.workpool.internal.worker;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.collector.Verdict;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.OutOfMemory;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;

/**
 * Runs jobs: hands each chunk to its {@link Runner}, which tells the batch's collector the outcomes and the router that
 * it is done. The actor itself never waits for a handler, so it can be stopped at any moment; its runner then finishes
 * what it has begun and ends.
 */
public final class Worker<J, R> extends AbstractBehavior<Worker.Command<J, R>> {

    /** A message to a worker. If the worker has stopped, its router takes the jobs back. */
    public sealed interface Command<J, R> extends DeadLetterSuppression {}

    /**
     * Runs a chunk, after those it was told before.
     *
     * @param task the chunk
     */
    public record Run<J, R>(Task<J, R> task) implements Command<J, R> {}

    /** A message of a worker to its router, which may be gone by then. */
    public sealed interface Event<J, R> extends DeadLetterSuppression {}

    /**
     * No job of the chunk runs any more, and its outcomes are on their way.
     *
     * @param task the chunk
     * @param elapsedNs how long the worker was at it
     */
    public record Done<J, R>(Task<J, R> task, long elapsedNs) implements Event<J, R> {}

    /**
     * The worker's machinery failed, which is a fault of the pool's.
     *
     * @param fault why
     */
    public record Broken<J, R>(Throwable fault) implements Event<J, R> {}

    /**
     * There is no thread for a chunk: none of its jobs was begun, nor will be.
     *
     * @param task the chunk
     * @param cause why not
     */
    public record NotStarted<J, R>(Task<J, R> task, Throwable cause) implements Event<J, R> {}

    static {
        Error error = new OutOfMemoryError();
        Outcome.Failed<Object> failed = new Outcome.Failed<>(error, 1);
        OutOfMemory.prepareFor(PackedOutcome.of(failed), Verdict.of(RetryPolicy.never(), failed), new Broken<>(error));
    }

    private final Runner<J, R> runner;
    private final ActorRef<Event<J, R>> router;

    private Worker(ActorContext<Command<J, R>> context, Runner<J, R> runner, ActorRef<Event<J, R>> router) {
        super(context);
        this.runner = runner;
        this.router = router;
    }

    public static <J, R> Behavior<Command<J, R>> create(Runner<J, R> runner, ActorRef<Event<J, R>> router) {
        return Behaviors.setup(context -> new Worker<>(context, runner, router));
    }

    /** Reports a runner's results, on the runner's thread, since that saves a hop. */
    public static <J, R> Runner.Reports<J, R> reports(ActorRef<Event<J, R>> router) {
        return new Runner.Reports<>() {
            @Override
            public void done(Task<J, R> task, long elapsedNs) {
                boolean told = false;
                while (!told) {
                    try {
                        tell(task, elapsedNs);
                        told = true;
                    } catch (OutOfMemoryError e) { // nobody but this thread knows; what was told is told again
                        OutOfMemory.pause();
                    }
                }
            }

            private void tell(Task<J, R> task, long elapsedNs) {
                Chunk<J, R> chunk = task.chunk;
                if (chunk.end() > 0) {
                    Slice<R> slice = task.slice;
                    slice.batch().collector().tell(new Collector.Ended<>(slice.first(), chunk.outcomes()));
                }
                router.tell(new Done<>(task, elapsedNs));
            }

            @Override
            public void broken(Throwable fault) {
                boolean told = false;
                while (!told) {
                    try {
                        router.tell(new Broken<>(fault));
                        told = true;
                    } catch (OutOfMemoryError e) {
                        OutOfMemory.pause();
                    }
                }
            }
        };
    }

    @Override
    public Receive<Command<J, R>> createReceive() {
        return new ReceiveTable<Command<J, R>>()
                .onMessage(type(Run.class), this::onRun)
                .onSignal(PostStop.class, signal -> onPostStop());
    }

    private Behavior<Command<J, R>> onRun(Run<J, R> run) {
        try {
            runner.run(run.task());
        } catch (ThreadStarts.NoThread e) {
            router.tell(new NotStarted<>(run.task(), e.getCause()));
        } catch (Throwable t) { // mostly an Error, which no supervision would see
            router.tell(new Broken<>(t));
        }
        return Behaviors.same();
    }

    private Behavior<Command<J, R>> onPostStop() {
        runner.shutdown();
        return Behaviors.same();
    }
}
