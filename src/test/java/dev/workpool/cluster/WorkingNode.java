package dev.workpool.cluster;

import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that works for the pools of a cluster, and writes down what it does at once, so that it is known even if it is killed. */
final class WorkingNode {
    static final String POOL = "faults";
    static final int WORKERS = 2;

    private final OutputStream diary; // no channel, which an interrupt would close
    private final AtomicInteger running = new AtomicInteger();

    private WorkingNode(String diary) throws IOException {
        this.diary = new FileOutputStream(diary);
    }

    /** Runs with an address to join, the file to write to, and settings of Akka's. */
    public static void main(String[] arguments) throws IOException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "nodes", Nodes.config(arguments[2]));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(new JoinSeedNodes(List.of(AddressFromURIString.parse(arguments[0]))));
        WorkingNode node = new WorkingNode(arguments[1]);
        ClusterWorkers.start(
                system,
                WorkerPoolSettings.create(system, POOL).withWorkers(WORKERS),
                NodeJob.CODEC,
                JobCodec.strings(),
                node::run);
        System.out.println("working at " + cluster.selfMember().address());
    }

    private String run(NodeJob job) throws InterruptedException {
        write("begin", job);
        if (running.incrementAndGet() > WORKERS) {
            write("crowd", job);
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
            write("end", job);
            return job.expected();
        } catch (InterruptedException e) {
            write("stop", job);
            throw e;
        } finally {
            running.decrementAndGet();
        }
    }

    private static void take(int ms) throws InterruptedException {
        new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
    }

    private void write(String what, NodeJob job) {
        String line = System.currentTimeMillis() + " " + what + " " + job.id() + "\n";
        try {
            diary.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
