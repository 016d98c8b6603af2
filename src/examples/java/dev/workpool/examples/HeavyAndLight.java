package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One pool for images, which need a core and some memory each, and for videos, which need four times as much: a video takes four of the workers' permits. So two videos, or one and
 * four images, or eight images are converted at a time, and never more than the machine has.
 */
public final class HeavyAndLight {
    static final int PERMITS = 8;
    private static final JobOptions VIDEO = JobOptions.defaults().withPermits(4);

    private HeavyAndLight() {}

    /** Converts a file. */
    @FunctionalInterface
    interface Converter {
        String convert(String file) throws Exception;
    }

    static WorkerPool<String, String> start(ActorSystem<?> system, Converter converter) {
        return WorkerPool.start(
                system,
                WorkerPoolSettings.create(system, "media").withWorkers(PERMITS),
                (String file) -> converter.convert(file));
    }

    static CompletableFuture<String> convert(WorkerPool<String, String> pool, String file) {
        return file.endsWith(".mp4") ? pool.submit(file, VIDEO) : pool.submit(file);
    }

    /** Pretends to convert the files that are named on the command line. */
    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (WorkerPool<String, String> pool = start(system, file -> file + ".small")) {
            List<CompletableFuture<String>> files =
                    List.of(args).stream().map(file -> convert(pool, file)).toList();
            files.forEach(file -> System.out.println(file.join()));
        } finally {
            system.terminate();
        }
    }
}
