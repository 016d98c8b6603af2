package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.WorkerPool;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Videos and images, mixed. */
class HeavyAndLightTest extends PoolTest {
    @Test
    void neverMoreIsConvertedThanTheMachineHas() throws Exception {
        AtomicInteger load = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WorkerPool<String, String> pool = HeavyAndLight.start(system, file -> {
            int permits = file.endsWith(".mp4") ? 4 : 1;
            most.accumulateAndGet(load.addAndGet(permits), Math::max);
            LockSupport.parkNanos(1_000_000);
            load.addAndGet(-permits);
            return file + ".small";
        })) {
            List<CompletableFuture<String>> files = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                files.add(HeavyAndLight.convert(pool, i + (i % 5 == 0 ? ".mp4" : ".png")));
            }
            for (int i = 0; i < files.size(); i++) {
                assertThat(get(files.get(i))).startsWith(i + ".").endsWith(".small");
            }
            assertThat(most.get()).isBetween(4, HeavyAndLight.PERMITS);
        }
    }
}
