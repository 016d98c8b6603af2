package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.Terminated;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that gets SIGTERM while a pool has jobs for longer than Akka's phases take. */
@Timeout(120)
class SigtermTest {
    @Test
    void acceptedJobsAreFinished() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dakka.coordinated-shutdown.default-phase-timeout=200ms",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Terminated.class.getName()))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader()) {
            StringBuilder seen = new StringBuilder();
            String line;
            while ((line = output.readLine()) != null) {
                seen.append(line).append('\n');
                if (line.equals("begun")) {
                    process.toHandle().destroy(); // SIGTERM, and its output stays open
                }
            }
            assertThat(seen.toString()).contains("total=1500, succeeded=1500");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }
}
