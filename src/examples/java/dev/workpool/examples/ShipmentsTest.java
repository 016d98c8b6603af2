package dev.workpool.examples;

import static dev.workpool.testkit.WorkerPoolAssertions.assertThat;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.testkit.Script;
import dev.workpool.testkit.WorkerPoolTestKit;
import dev.workpool.testkit.WorkerPoolTestKitExtension;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An application's test of what it does with a pool: hours of it in milliseconds, and the same in each run. */
@ExtendWith(WorkerPoolTestKitExtension.class)
class ShipmentsTest {
    // README: the test of an application
    @Test
    void ordersAreShippedAsFarAsTheCarrierIsThere(WorkerPoolTestKit kit) {
        Script<String, String> carrier = Script.of((String order) -> "label of " + order)
                .on("unlucky")
                .failsWith(new IOException("the carrier is down"))
                .thenReturns("a label at last")
                .on("heavy")
                .takes(ofMinutes(5))
                .on("lost")
                .hangs();
        try (Shipments shipments = new Shipments(kit.system(), carrier)) {
            Batch<String> batch = shipments.ship(List.of("light", "unlucky", "heavy", "lost"));
            kit.drain();
            assertThat(batch).isNotComplete().hasSucceeded(1).hasPending(3);
            kit.advance(ofMinutes(10));
            assertThat(batch).hasSucceeded(2).hasTimedOut(1);
            assertThat(shipments.pool()).received("unlucky").withAttempts(1).hasNothingRunning();
            kit.skipToIdle();
            assertThat(batch).isComplete().hasSucceeded(3);
            assertThat(shipments.pool()).received("unlucky").withAttempts(2);
            assertThat(kit.time()).isEqualTo(ofHours(1));
        }
    }
    // README: end

    @Test
    void aShipmentThatIsCancelledStops(WorkerPoolTestKit kit) {
        Script<String, String> carrier =
                Script.of((String order) -> "label").on("lost").hangs().ignoresInterrupt();
        try (Shipments shipments = new Shipments(kit.system(), carrier)) {
            Batch<String> batch = shipments.ship(List.of("light", "lost", "lost", "lost", "lost", "heavy"));
            kit.drain();
            assertThat(batch).hasSucceeded(1).hasPending(5);
            batch.cancel();
            assertThat(kit.await(batch.result()).counts().cancelled()).isEqualTo(5);
            assertThat(shipments.pool()).received("heavy").withAttempts(0).hasRunning(4);
        }
    }
}
