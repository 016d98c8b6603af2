package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.Hoarders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM whose handlers use up its memory, again and again. */
class OutOfMemoryTest {
    private static final int JOBS = 12;

    /** Akka ends the JVM if one of its own threads finds no memory, whoever has used it up. Then there is nothing to see. */
    private static final String ENDED_BY_AKKA = "shutting down JVM since";

    private static final int TRIES = 10;

    private static String run(String kind) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hoarders.class.getName(),
                        kind,
                        "3",
                        String.valueOf(JOBS)))
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"blocking", "async"})
    void everyOutcomeArrivesAndThePoolEnds(String kind) throws Exception {
        String output = run(kind);
        for (int i = 1; i < TRIES && output.contains(ENDED_BY_AKKA); i++) {
            output = run(kind);
        }
        assertThat(output).contains("failed " + JOBS + " of " + JOBS).contains("closed");
    }
}
