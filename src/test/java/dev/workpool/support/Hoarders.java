package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A program for a small heap: handlers that hold on to memory until there is none. Prints what has become of them. */
public final class Hoarders {
    private static final int PART = Integer.getInteger("part", 4_096);

    private Hoarders() {}

    public static void main(String[] args) throws Exception {
        boolean async = args[0].equals("async");
        int workers = Integer.parseInt(args[1]);
        int jobs = Integer.parseInt(args[2]);
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "hoarders",
                ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load("reference")));
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "hoarders").withWorkers(workers);
        try (WorkerPool<Integer, Integer> pool = async
                ? WorkerPool.startAsync(system, settings, (job, context) -> CompletableFuture.completedFuture(hoard()))
                : WorkerPool.start(system, settings, (Integer job) -> hoard())) {
            BatchResult<Integer> result = pool.submitAll(
                            IntStream.range(0, jobs).boxed().toList())
                    .result()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            System.out.println(
                    "failed " + result.failed() + " of " + result.outcomes().size());
        }
        System.out.println("closed");
        Runtime.getRuntime().halt(0); // how Akka ends without memory is its own affair
    }

    @SuppressWarnings("ModifiedButNotUsed") // it takes memory
    private static int hoard() {
        List<byte[]> held = new ArrayList<>();
        while (true) {
            held.add(new byte[PART]);
        }
    }
}
