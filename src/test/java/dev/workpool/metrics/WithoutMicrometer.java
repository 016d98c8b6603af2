package dev.workpool.metrics;

import dev.workpool.job.PoolSnapshot;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What the metrics say where there is no Micrometer. */
public final class WithoutMicrometer implements Callable<String> {
    @Override
    public String call() {
        Supplier<PoolSnapshot> none = () -> null;
        try {
            WorkerPoolMetrics.of("poor", none, () -> {}, new CompletableFuture<>());
            return "metrics";
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }
}
