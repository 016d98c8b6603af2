package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Hashes the files that are named on the command line, or those of the current folder. */
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) throws IOException {
        run(args.length == 0 ? filesHere() : Stream.of(args).map(Path::of).toList(), System.out);
    }

    static List<Path> filesHere() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(""))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    static void run(List<Path> files, PrintStream out) {
        // README: quick start
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (WorkerPool<Path, String> pool = WorkerPool.start(system, "hashers", file -> sha256(file))) {
            Batch<String> batch = pool.submitAll(files);
            batch.result().thenAccept(result -> out.println(result.counts()));
            for (String hash : batch.result().toCompletableFuture().join().values()) { // in input order
                out.println(hash);
            }
        } finally {
            system.terminate();
        }
        // README: end
    }

    private static String sha256(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest);
    }
}
