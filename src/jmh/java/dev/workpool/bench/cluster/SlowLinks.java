package dev.workpool.bench.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.ClusterPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A pool and Akka's work pulling in turn, from one node to four workers on another, over the same links, in which every byte takes its time.
 * Arguments: the number of rounds, and the delays each way in milliseconds, 0,50,500 unless told. Prints medians.
 */
public final class SlowLinks {
    private static final int WORKERS = 4;

    /** How long jobs take, in microseconds, and for how many seconds of work there are enough of them. */
    private static final int[][] JOBS = {{20_000, 8}, {2_000, 2}, {0, 0}};

    /** Of those that take nothing. */
    private static final int EMPTY = 2_000;

    private final SlowLink toHere;
    private final SlowLink toThere;
    private final ActorSystem<Void> system;
    private final ActorRef<Object> producer;

    private SlowLinks() throws IOException {
        int here = freePort();
        int there = freePort();
        toHere = new SlowLink(here);
        toThere = new SlowLink(there);
        system = ActorSystem.create(Behaviors.empty(), "slow", WorkNode.config(SlowNode.behind(toHere.port(), here)));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        producer = system.systemActorOf(WorkPulling.producer(), "producer", Props.empty());
        SlowNode.start(toHere.port(), toThere.port(), there, WORKERS);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        String delays = args.length > 1 && !args[1].equals("all") ? args[1] : "0,50,500";
        SlowLinks bench = new SlowLinks();
        try (WorkerPool<byte[], byte[]> pool = bench.pool()) {
            bench.awaitPullers();
            System.out.println(
                    "| delay each way | jobs | at best | Workpool | work pulling | jobs/s | jobs/s, pulling |");
            System.out.println("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
            for (String delay : delays.split(",", -1)) {
                bench.measure(pool, Integer.parseInt(delay), rounds);
            }
        }
        System.exit(0);
    }

    private WorkerPool<byte[], byte[]> pool() throws InterruptedException {
        WorkerPool<byte[], byte[]> pool = ClusterPool.start(
                system,
                WorkerPoolSettings.create(system, "slow"),
                ClusterSettings.create(system, "wait"),
                JobCodec.bytes(),
                JobCodec.bytes());
        while (ClusterPool.nodes(pool).stream().noneMatch(node -> node.state() == ClusterNode.State.WORKING)) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return pool;
    }

    private void awaitPullers() throws Exception {
        int workers = 0;
        while (workers < WORKERS) {
            CompletableFuture<Integer> answer = new CompletableFuture<>();
            producer.tell(new WorkPulling.AskWorkers(answer));
            workers = answer.get();
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private interface Contestant {
        void run(int count, byte[] job) throws Exception;
    }

    private static double seconds(Contestant contestant, int count, byte[] job) throws Exception {
        long beganNs = System.nanoTime();
        contestant.run(count, job);
        return (System.nanoTime() - beganNs) / 1e9;
    }

    private void measure(WorkerPool<byte[], byte[]> pool, int delayMs, int rounds) throws Exception {
        toHere.delay(Duration.ofMillis(delayMs));
        toThere.delay(Duration.ofMillis(delayMs));
        Contestant ours = (count, job) -> pool.submitAll(Collections.nCopies(count, job))
                .result()
                .toCompletableFuture()
                .get();
        Contestant pulling = (count, job) -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            producer.tell(new WorkPulling.Run(count, job, done));
            done.get();
        };
        for (int[] jobs : JOBS) {
            byte[] job = ByteBuffer.allocate(8).putLong(jobs[0] * 1_000L).array();
            int count = jobs[0] == 0 ? EMPTY : jobs[1] * WORKERS * 1_000_000 / jobs[0];
            double best = (double) count * jobs[0] / 1e6 / WORKERS + 2 * delayMs / 1e3;
            ours.run(count / 4, job); // both learn how long a job takes, and how far away it is
            pulling.run(count / 4, job);
            List<Double> oursTook = new ArrayList<>();
            List<Double> pullingTook = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                oursTook.add(seconds(ours, count, job));
                pullingTook.add(seconds(pulling, count, job));
            }
            Collections.sort(oursTook);
            Collections.sort(pullingTook);
            double our = oursTook.get(rounds / 2);
            double theirs = pullingTook.get(rounds / 2);
            System.out.printf(
                    "| %d ms | %d of %.0f ms | %.3f s | %.3f s | %.3f s | %,.0f | %,.0f |%n",
                    delayMs, count, jobs[0] / 1e3, best, our, theirs, count / our, count / theirs);
        }
    }
}
