package dev.workpool.cluster;

import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.HungryActor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that works for the pools of a cluster, in a process of its own or in this one, and writes down what it does. */
final class WorkingNode {
    static final String POOL = "faults";
    static final int WORKERS = 2;

    /** After how many jobs the thread of the actors is struck by a fault, and by which; for a process of its own. */
    private static final int STRUCK_AFTER = Integer.getInteger("struck.after", -1);

    private static final String FAULT = System.getProperty("struck.by");

    private final NodeDiary.Writer diary;
    private final ActorSystem<?> system;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    private WorkingNode(ActorSystem<?> system, NodeDiary diary) throws IOException {
        this.system = system;
        this.diary = diary.write();
    }

    /** Runs with an address to join, the file to write to, and settings of Akka's. */
    public static void main(String[] arguments) throws IOException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "nodes", Nodes.config(arguments[2]));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(new JoinSeedNodes(List.of(AddressFromURIString.parse(arguments[0]))));
        start(system, new NodeDiary(Path.of(arguments[1])));
        System.out.println("working at " + cluster.selfMember().address());
    }

    static ClusterWorkers start(ActorSystem<?> system, NodeDiary diary) throws IOException {
        return ClusterWorkers.start(
                system,
                WorkerPoolSettings.create(system, POOL).withWorkers(WORKERS),
                NodeJob.CODEC,
                JobCodec.strings(),
                new WorkingNode(system, diary)::run);
    }

    private String run(NodeJob job) throws InterruptedException {
        diary.add("begin", job);
        if (begun.incrementAndGet() == STRUCK_AFTER) {
            HungryActor.strike(system, HungryActor.Fault.valueOf(FAULT));
        }
        if (running.incrementAndGet() > WORKERS) {
            diary.add("crowd", job);
        }
        try {
            switch (job.kind()) {
                case TAKE -> take(job.amount());
                case HOLD -> new CountDownLatch(1).await();
                case HALT -> {
                    take(job.amount());
                    Runtime.getRuntime().halt(1);
                }
                case EXIT -> {
                    take(job.amount());
                    System.exit(1);
                }
                case LARGE -> {}
            }
            diary.add("end", job);
            return job.expected();
        } catch (InterruptedException e) {
            diary.add("stop", job);
            throw e;
        } finally {
            running.decrementAndGet();
        }
    }

    private static void take(int ms) throws InterruptedException {
        new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
    }
}
