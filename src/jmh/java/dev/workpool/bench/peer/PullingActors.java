package dev.workpool.bench.peer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** The textbook's pool of actors: a worker asks the master for a job whenever it has none, and what became of the last comes with the request. */
final class PullingActors implements Peer {
    private final ActorSystem<Master.Command> system;

    PullingActors(int workers, Work work) {
        system = ActorSystem.create(Master.create(workers, work), "pulling", WorkerActors.config(workers));
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        CompletableFuture<Work.Result[]> done = new CompletableFuture<>();
        system.tell(new Master.Run(jobs, done));
        return done.get();
    }

    @Override
    public void close() {
        Threads.end(system);
    }

    private record Job(int index, int job) {}

    private static Behavior<Job> worker(Work work, ActorRef<Master.Command> master) {
        return Behaviors.setup(context -> {
            master.tell(new Master.Idle(context.getSelf()));
            return Behaviors.receiveMessage(job -> {
                master.tell(new Master.Next(job.index(), work.run(job.job()), context.getSelf()));
                return Behaviors.same();
            });
        });
    }

    /** Has the jobs of one list at a time, and who waits for one. */
    private static final class Master extends AbstractBehavior<Master.Command> {
        private final Queue<ActorRef<Job>> idle = new ArrayDeque<>();
        private List<Integer> jobs = List.of();
        private int begun;
        private int missing;
        private Work.Result[] results = {};
        private CompletableFuture<Work.Result[]> done = new CompletableFuture<>();

        sealed interface Command {}

        record Run(List<Integer> jobs, CompletableFuture<Work.Result[]> done) implements Command {}

        record Idle(ActorRef<Job> worker) implements Command {}

        record Next(int index, Work.Result result, ActorRef<Job> worker) implements Command {}

        private Master(ActorContext<Command> context, int workers, Work work) {
            super(context);
            for (int i = 0; i < workers; i++) {
                context.spawn(worker(work, context.getSelf()), "worker-" + i, WorkerActors.dispatcher());
            }
        }

        static Behavior<Command> create(int workers, Work work) {
            return Behaviors.setup(context -> new Master(context, workers, work));
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Run.class, this::onRun)
                    .onMessage(Idle.class, message -> give(message.worker))
                    .onMessage(Next.class, this::onNext)
                    .build();
        }

        private Behavior<Command> onRun(Run run) {
            jobs = run.jobs;
            begun = 0;
            missing = jobs.size();
            results = new Work.Result[missing];
            done = run.done;
            for (int waiting = idle.size(); waiting > 0; waiting--) {
                give(idle.remove());
            }
            return this;
        }

        private Behavior<Command> onNext(Next next) {
            results[next.index] = next.result;
            give(next.worker);
            if (--missing == 0) {
                done.complete(results);
            }
            return this;
        }

        private Behavior<Command> give(ActorRef<Job> worker) {
            if (begun < jobs.size()) {
                worker.tell(new Job(begun, jobs.get(begun)));
                begun++;
            } else {
                idle.add(worker);
            }
            return this;
        }
    }
}
