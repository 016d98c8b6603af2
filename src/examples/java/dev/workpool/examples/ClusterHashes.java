package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.ClusterPool;
import dev.workpool.cluster.ClusterWorkers;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hashes files on the nodes of a cluster: some processes work, another submits. Kill one that works, and the others do what it had.
 *
 * <p>All nodes are on this machine, where they all see the same files. The node that listens at the first port is the one that others join.
 */
public final class ClusterHashes {
    private static final String POOL = "hashers";

    private ClusterHashes() {}

    /** Runs with {@code work FIRST-PORT [PORT]}, or with {@code submit FIRST-PORT FILE...}. */
    public static void main(String[] args) {
        if (args.length < 2 || !List.of("work", "submit").contains(args[0])) {
            System.err.println("arguments: work FIRST-PORT [PORT], or submit FIRST-PORT FILE...");
            return;
        }
        int first = Integer.parseInt(args[1]);
        if (args[0].equals("work")) {
            work(node(first, args.length > 2 ? Integer.parseInt(args[2]) : first));
        } else {
            submit(node(first, 0), Stream.of(args).skip(2).toList());
        }
    }

    /** A node that listens at a port, any if it is 0. */
    private static ActorSystem<Void> node(int first, int port) {
        Config config = ConfigFactory.parseString("""
                        include classpath("workpool-cluster.conf")
                        akka.cluster.seed-nodes = ["akka://app@127.0.0.1:%d"]
                        akka.remote.artery.canonical.port = %d
                        """.formatted(first, port)).withFallback(ConfigFactory.load());
        return ActorSystem.create(Behaviors.empty(), "app", config.resolve());
    }

    /** Works until the process is told to end, on which the workers leave before the node does. */
    private static void work(ActorSystem<?> system) {
        ClusterWorkers.start(system, POOL, JobCodec.strings(), JobCodec.strings(), ClusterHashes::sha256);
        System.out.println("working at " + system.address());
    }

    private static void submit(ActorSystem<?> system, List<String> files) {
        try (WorkerPool<String, String> pool =
                ClusterPool.start(system, POOL, JobCodec.strings(), JobCodec.strings())) {
            BatchResult<String> hashes =
                    pool.submitAll(files).result().toCompletableFuture().join();
            hashes.forEach(
                    files,
                    (file, outcome) -> System.out.println(
                            outcome instanceof Outcome.Succeeded<String> hash
                                    ? hash.value() + "  " + file
                                    : file + ": " + outcome.problem().orElseThrow()));
        } finally {
            system.terminate();
        }
    }

    private static String sha256(String file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(file)));
        return HexFormat.of().formatHex(digest);
    }
}
