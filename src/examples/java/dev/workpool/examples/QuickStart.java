package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** Hashes the files that are named on the command line. */
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        hash(system, List.of(args).stream().map(Path::of).toList()).forEach(System.out::println);
        system.terminate();
    }

    static List<String> hash(ActorSystem<?> system, List<Path> files) {
        // README: quick start
        try (WorkerPool<Path, String> pool = WorkerPool.start(system, "hashers", file -> sha256(file))) {
            Batch<String> batch = pool.submitAll(files);
            batch.result().thenAccept(result -> System.err.println(result.counts()));
            return batch.result().toCompletableFuture().join().values(); // in input order
        }
        // README: end
    }

    private static String sha256(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest);
    }
}
