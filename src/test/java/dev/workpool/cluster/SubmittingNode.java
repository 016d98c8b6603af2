package dev.workpool.cluster;

import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/** A process that submits jobs to working nodes, and says how many of them succeeded. */
final class SubmittingNode {
    private SubmittingNode() {}

    static ChildJvm start(ActorSystem<?> first, List<NodeJob> jobs, int leaseSeconds) {
        return ChildJvm.start(
                SubmittingNode.class,
                Cluster.get(first).selfMember().address().toString(),
                String.valueOf(jobs.get(0).id()),
                String.valueOf(jobs.size()),
                jobs.get(0).kind().name(),
                String.valueOf(jobs.get(0).amount()),
                String.valueOf(leaseSeconds));
    }

    /** Runs with an address to join, the id of the first job, how many there are, what each does and for how long, and seconds of a lease. */
    public static void main(String[] arguments) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "nodes", Nodes.config(WorkingNodes.SETTINGS));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(new JoinSeedNodes(List.of(AddressFromURIString.parse(arguments[0]))));
        WorkerPool<NodeJob, String> pool = ClusterPool.start(
                system,
                WorkerPoolSettings.create(system, "submitting"),
                TrialPool.settings(system).withLease(Duration.ofSeconds(Integer.parseInt(arguments[5]))),
                NodeJob.CODEC,
                JobCodec.strings());
        long first = Long.parseLong(arguments[1]);
        Kind kind = Kind.valueOf(arguments[3]);
        int amount = Integer.parseInt(arguments[4]);
        pool.submitAll(LongStream.range(first, first + Integer.parseInt(arguments[2]))
                        .mapToObj(id -> NodeJob.of(id, kind, amount))
                        .toList())
                .result()
                .thenAccept(result -> System.out.println("succeeded: " + result.succeeded()));
        System.out.println("submitting at " + cluster.selfMember().address());
    }
}
