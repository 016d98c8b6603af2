package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.testkit.Script;
import dev.workpool.testkit.WorkerPoolTestKit;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Many runs of an application's test are the same, to the order of the attempts and the time of each. {@code
 * -Druns=1000} makes a thousand.
 */
class ShipmentsRunsTest {
    private static final int RUNS = Integer.getInteger("runs", 200);

    @Test
    void eachRunIsTheSame() {
        Set<String> runs = new HashSet<>();
        for (int run = 0; run < RUNS; run++) {
            runs.add(run());
        }
        assertThat(runs).hasSize(1);
    }

    private static String run() {
        Script<String, String> carrier = Script.of((String order) -> "label of " + order)
                .on("unlucky")
                .failsWith(new IOException("the carrier is down"))
                .on("heavy")
                .takes(Duration.ofMinutes(5))
                .on("lost")
                .hangs()
                .ignoresInterrupt();
        try (WorkerPoolTestKit kit = WorkerPoolTestKit.create();
                Shipments shipments = new Shipments(kit.system(), carrier)) {
            Batch<String> batch = shipments.ship(List.of("light", "unlucky", "heavy", "lost", "light", "heavy"));
            Batch<String> cancelled = shipments.ship(List.of("heavy", "light", "lost"));
            kit.advance(Duration.ofMinutes(3));
            cancelled.cancel();
            kit.skipToIdle();
            return kit.time() + " " + kit.attempts(shipments.pool())
                    + kit.await(batch.result()).outcomes()
                    + kit.await(cancelled.result()).outcomes();
        }
    }
}
