package dev.workpool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.CoordinatedShutdown$;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Where pools are drained, and how the time of that phase is divided. */
class ShutdownPhaseTest {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static ShutdownPhase phase(Duration timeout) {
        return new ShutdownPhase("phase", timeout, true);
    }

    @Test
    void inALongPhaseJobsHaveTheirTimeAndCancelledHandlersTheirGrace() {
        ShutdownPhase phase = phase(Duration.ofDays(3));
        assertThat(phase.forJobs(Duration.ofSeconds(30), GRACE)).isEqualTo(Duration.ofSeconds(30));
        assertThat(phase.forJobs(Duration.ofDays(1), Duration.ofDays(1))).isEqualTo(Duration.ofDays(1));
        assertThat(phase.forCancelled(Duration.ofSeconds(30), GRACE)).isEqualTo(Duration.ofSeconds(6));
        assertThat(phase.forCancelled(Duration.ofDays(1), Duration.ofDays(1)))
                .isEqualTo(Duration.ofDays(1).plusSeconds(1));
        assertThat(phase.forJobs(Duration.ZERO, GRACE)).isZero();
    }

    @Test
    void inAShortPhaseJobsHaveMostOfIt() {
        ShutdownPhase phase = phase(Duration.ofSeconds(5));
        Duration forJobs = phase.forJobs(Duration.ofSeconds(30), GRACE);
        assertThat(forJobs).isEqualTo(Duration.ofMillis(3_500));
        assertThat(phase.forCancelled(forJobs, GRACE)).isEqualTo(Duration.ofMillis(1_250));
        assertThat(phase(Duration.ofMillis(1)).forJobs(Duration.ofDays(1), Duration.ofDays(1)))
                .isEqualTo(Duration.ofNanos(700_000));
    }

    /** The reference.conf of this library and that of Akka, in the order in which they are on some class path. */
    private static List<Config> references() throws IOException {
        Config own = ConfigFactory.empty();
        Config others = ConfigFactory.empty();
        for (URL url : Collections.list(ShutdownPhaseTest.class.getClassLoader().getResources("reference.conf"))) {
            try (Reader reader = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
                Config config = ConfigFactory.parseReader(reader);
                if (config.hasPathOrNull("workpool.close-timeout")) {
                    own = config;
                } else {
                    others = others.withFallback(config);
                }
            }
        }
        assertThat(own.isEmpty()).isFalse();
        return List.of(
                own.withFallback(others).resolve(), others.withFallback(own).resolve());
    }

    /** It depends on that order which of the two has the last word on what service-stop depends on. */
    @Test
    void poolsAreDrainedBetweenTheRequestsAndTheEndOfAServiceWhereverTheLibraryIsOnTheClassPath() throws IOException {
        for (Config reference : references()) {
            List<String> phases = CollectionConverters.asJava(CoordinatedShutdown$.MODULE$.topologicalSort(
                    CoordinatedShutdown$.MODULE$.phasesFromConfig(reference.getConfig("akka.coordinated-shutdown"))));
            assertThat(phases).containsSubsequence("service-requests-done", ShutdownPhase.OWN, "service-stop");
        }
    }
}
