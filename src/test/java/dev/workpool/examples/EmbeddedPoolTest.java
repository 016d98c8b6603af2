package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.BatchFailedException;
import dev.workpool.job.Outcome;
import dev.workpool.support.PoolTest;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service says of files that are there, of one that is not, and after its end. */
class EmbeddedPoolTest extends PoolTest {
    @TempDir
    Path folder;

    private Path three;
    private Path one;
    private Path missing;

    @BeforeEach
    void write() throws Exception {
        three = Files.writeString(folder.resolve("three"), "a\nb\nc\n");
        one = Files.writeString(folder.resolve("one"), "a");
        missing = folder.resolve("missing");
    }

    @Test
    void eachFileHasItsAnswerWhateverBecomesOfTheOthers() {
        try (EmbeddedPool counter = new EmbeddedPool(system)) {
            assertThat(counter.describe(List.of(three, missing, one)))
                    .containsExactly(
                            "three: 3 lines",
                            "missing: failed, java.nio.file.NoSuchFileException: " + missing,
                            "one: 1 lines");
        }
    }

    @Test
    void aTotalIsThatOfAllOrAnException() {
        try (EmbeddedPool counter = new EmbeddedPool(system)) {
            assertThat(counter.total(List.of(three, one))).isEqualTo(4);
            assertThatThrownBy(() -> counter.total(List.of(three, missing, one)))
                    .isInstanceOf(BatchFailedException.class)
                    .hasCauseInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void aSingleFileIsAFuture() throws Exception {
        try (EmbeddedPool counter = new EmbeddedPool(system)) {
            assertThat(get(counter.lines(three))).isEqualTo(3);
            assertThatThrownBy(() -> get(counter.lines(missing))).hasCauseInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void whatComesAfterTheEndIsRejected() {
        EmbeddedPool counter = new EmbeddedPool(system);
        counter.close();
        counter.close();
        assertThat(counter.describe(List.of(three))).singleElement().asString().startsWith("three: rejected, ");
        assertThatThrownBy(() -> get(counter.lines(three))).hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void everyOtherOutcomeHasItsWords() {
        assertThat(EmbeddedPool.describe(new Outcome.TimedOut<>(Duration.ofSeconds(30), 1)))
                .isEqualTo("not done within PT30S");
        assertThat(EmbeddedPool.describe(new Outcome.Cancelled<>(0))).isEqualTo("cancelled before it began");
        assertThat(EmbeddedPool.describe(new Outcome.Cancelled<>(1))).isEqualTo("cancelled while it ran");
    }
}
