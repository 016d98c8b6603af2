package dev.workpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupt reaches the job that was cancelled, and no other. */
class InterruptsTest extends PoolTest {

    @ParameterizedTest
    @EnumSource(
            value = PoolKind.class,
            names = {"SIMPLE", "BLOCKING", "UNCHUNKED"})
    void noJobSeesAnInterruptThatWasMeantForAnother(PoolKind kind) throws Exception {
        AtomicInteger leaked = new AtomicInteger();
        AtomicInteger hit = new AtomicInteger();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        // A job is a pair: its number, and whether anybody may cancel it.
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            boolean mayBeCancelled = job % 2 == 0;
            for (int i = mayBeCancelled ? 0 : 1_500; i < 2_000; i++) {
                if (Thread.currentThread().isInterrupted()) {
                    if (mayBeCancelled) {
                        hit.incrementAndGet();
                        if (job % 4 == 0) {
                            Thread.interrupted();
                        }
                        return job;
                    }
                    leaked.incrementAndGet();
                }
                Thread.onSpinWait();
            }
            if (job % 7 == 0) {
                Thread.currentThread().interrupt(); // a handler that leaves its own interrupt behind
            }
            return job;
        })) {
            for (int round = 0; round < 400 || (hit.get() == 0 && round < 50_000); round++) {
                List<CompletableFuture<Integer>> futures = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    futures.add(pool.submit(i));
                }
                int first = random.nextInt(20) * 2;
                while (!futures.get(random.nextInt(first + 1)).isDone()) {
                    Thread.onSpinWait();
                }
                for (int i = first; i < 40; i += 2) {
                    futures.get(i).cancel(true);
                }
                for (int i = 1; i < 40; i += 2) {
                    assertThat(get(futures.get(i))).as("seed %d", seed).isEqualTo(i);
                }
            }
        }
        assertThat(leaked).as("seed %d", seed).hasValue(0);
        assertThat(hit)
                .as("jobs that were interrupted, without which this shows nothing")
                .hasPositiveValue();
    }
}
