package dev.workpool.bench.peer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.Routers;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Akka's own pool of actors, {@link Routers#pool}: every job is told to it at once, goes to the next worker in turn, and is answered to a collector. */
final class RoutersPool implements Peer {
    private final ActorSystem<Collector.Command> system;

    RoutersPool(int workers, Work work) {
        system = ActorSystem.create(Collector.create(workers, work), "routers", WorkerActors.config(workers));
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        CompletableFuture<Work.Result[]> done = new CompletableFuture<>();
        system.tell(new Collector.Run(jobs, done));
        return done.get();
    }

    @Override
    public void close() {
        Threads.end(system);
    }

    private record Job(int index, int job, ActorRef<Collector.Command> replyTo) {}

    private static Behavior<Job> worker(Work work) {
        return Behaviors.receiveMessage(job -> {
            job.replyTo().tell(new Collector.Finished(job.index(), work.run(job.job())));
            return Behaviors.same();
        });
    }

    /** Gathers the results of one list at a time. */
    private static final class Collector extends AbstractBehavior<Collector.Command> {
        private final ActorRef<Job> router;
        private Work.Result[] results = {};
        private int missing;
        private CompletableFuture<Work.Result[]> done = new CompletableFuture<>();

        sealed interface Command {}

        record Run(List<Integer> jobs, CompletableFuture<Work.Result[]> done) implements Command {}

        record Finished(int index, Work.Result result) implements Command {}

        private Collector(ActorContext<Command> context, ActorRef<Job> router) {
            super(context);
            this.router = router;
        }

        static Behavior<Command> create(int workers, Work work) {
            return Behaviors.setup(context -> new Collector(
                    context,
                    context.spawn(
                            Routers.pool(workers, worker(work))
                                    .withRoundRobinRouting()
                                    .withRouteeProps(WorkerActors.dispatcher()),
                            "router")));
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Run.class, this::onRun)
                    .onMessage(Finished.class, this::onFinished)
                    .build();
        }

        private Behavior<Command> onRun(Run run) {
            results = new Work.Result[run.jobs.size()];
            missing = results.length;
            done = run.done;
            int index = 0;
            for (Integer job : run.jobs) {
                router.tell(new Job(index++, job, getContext().getSelf()));
            }
            return this;
        }

        private Behavior<Command> onFinished(Finished finished) {
            results[finished.index] = finished.result;
            if (--missing == 0) {
                done.complete(results);
            }
            return this;
        }
    }
}
