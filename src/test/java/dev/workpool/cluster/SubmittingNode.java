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
import java.util.List;
import java.util.stream.LongStream;

/** A process that submits jobs to working nodes, each of which goes on until it is stopped. */
final class SubmittingNode {
    private SubmittingNode() {}

    /** Runs with an address to join, the id of the first job, and how many there are. */
    public static void main(String[] arguments) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "nodes", Nodes.config(WorkingNodes.SETTINGS));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(new JoinSeedNodes(List.of(AddressFromURIString.parse(arguments[0]))));
        WorkerPool<NodeJob, String> pool = ClusterPool.start(
                system,
                WorkerPoolSettings.create(system, "submitting"),
                TrialPool.settings(system),
                NodeJob.CODEC,
                JobCodec.strings());
        long first = Long.parseLong(arguments[1]);
        pool.submitAll(LongStream.range(first, first + Integer.parseInt(arguments[2]))
                .mapToObj(id -> NodeJob.of(id, Kind.HOLD, 0))
                .toList());
        System.out.println("submitting at " + cluster.selfMember().address());
    }
}
