package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class PoolClockTest {
    @Test
    void itIsTheSystemsAsARule() {
        ActorTestKit kit = ActorTestKit.create("clock");
        try {
            long before = System.nanoTime();
            long read = PoolClock.of(kit.system()).getAsLong();
            assertThat(read).isBetween(before, System.nanoTime());
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    void itIsTheSchedulersWhereThatHasItsOwn() {
        ActorTestKit kit = ActorTestKit.create("manual-clock", ManualTime.config());
        try {
            LongSupplier clock = PoolClock.of(kit.system());
            long before = clock.getAsLong();
            assertThat(clock.getAsLong()).isEqualTo(before);
            ManualTime.get(kit.system()).timePasses(Duration.ofMillis(3));
            assertThat(clock.getAsLong()).isEqualTo(before + 3_000_000);
        } finally {
            kit.shutdownTestKit();
        }
    }
}
