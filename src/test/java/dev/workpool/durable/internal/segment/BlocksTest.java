package dev.workpool.durable.internal.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.durable.job.StoredFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Blocks are read as they were written; one that is damaged says so, and does nothing else. */
class BlocksTest {
    private static JobBlock.Writer writer(List<byte[]> jobs, boolean withIndices) {
        JobBlock.Writer writer = new JobBlock.Writer();
        for (int i = 0; i < jobs.size(); i++) {
            if (withIndices) {
                writer.add(3L * i + 1, jobs.get(i));
            } else {
                writer.add(jobs.get(i));
            }
        }
        return writer;
    }

    @Property(tries = 300)
    void jobsAreReadAsTheyWereWritten(
            @ForAll @Size(min = 1, max = 50) List<byte @Size(max = 300) []> jobs,
            @ForAll boolean withIndices,
            @ForAll @IntRange(max = 2_000) int compressFrom) {
        JobBlock block = JobBlock.read(writer(jobs, withIndices).toBytes(compressFrom));
        assertThat(block.size()).isEqualTo(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            assertThat(block.job(i)).isEqualTo(jobs.get(i));
            assertThat(block.index(100, i)).isEqualTo(withIndices ? 3L * i + 1 : 100 + i);
        }
        assertThatThrownBy(() -> block.job(jobs.size())).isInstanceOf(DamagedBlock.class);
    }

    @Property(tries = 300)
    void aBlockThatWasCutOffIsDamaged(
            @ForAll @Size(min = 1, max = 20) List<byte @Size(max = 50) []> jobs,
            @ForAll boolean withIndices,
            @ForAll @IntRange(max = 200) int compressFrom,
            @ForAll @IntRange(max = 1_000) int cut) {
        byte[] whole = writer(jobs, withIndices).toBytes(compressFrom);
        byte[] part = Arrays.copyOf(whole, Math.min(cut, whole.length - 1));
        assertThatThrownBy(() -> JobBlock.read(part)).isInstanceOf(DamagedBlock.class);
    }

    @Property(tries = 1_000)
    void bytesOfAnyKindAreReadOrDamaged(@ForAll @Size(max = 60) byte[] bytes) {
        try {
            JobBlock.read(bytes);
            OutcomeBlock.read(bytes);
        } catch (DamagedBlock e) {
            assertThat(e).hasMessageMatching(".+");
        }
    }

    @Property(tries = 300)
    void outcomesAreReadAsTheyWereWritten(@ForAll("outcomes") List<StoredOutcome> outcomes) {
        assertThat(OutcomeBlock.read(OutcomeBlock.write(outcomes)))
                .extracting(BlocksTest::text)
                .isEqualTo(outcomes.stream().map(BlocksTest::text).toList());
    }

    private static String text(StoredOutcome outcome) {
        StoredFailure error = outcome.error();
        return outcome.index() + " " + outcome.kind() + " " + outcome.attempts() + " "
                + Arrays.toString(outcome.value()) + " " + outcome.timeout()
                + (error == null ? "" : error.type() + "|" + error.getMessage() + "|" + error.original());
    }

    @Provide
    Arbitrary<List<StoredOutcome>> outcomes() {
        Arbitrary<String> texts =
                Arbitraries.strings().ofMaxLength(30).excludeChars('\0').filter(BlocksTest::isWhole);
        Arbitrary<StoredFailure> errors = Combinators.combine(
                        Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20), texts, texts)
                .as(StoredFailure::new);
        return Combinators.combine(
                        Arbitraries.of(StoredOutcome.Kind.values()),
                        Arbitraries.integers().between(0, 1_000),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(40).injectNull(0.3),
                        errors,
                        Arbitraries.longs().between(0, Long.MAX_VALUE))
                .as((kind, attempts, value, error, ns) -> switch (kind) {
                    case SUCCEEDED -> StoredOutcome.succeeded(0, attempts, value);
                    case FAILED -> StoredOutcome.failed(0, attempts, error);
                    case TIMED_OUT -> StoredOutcome.timedOut(0, attempts, Duration.ofNanos(ns));
                    case CANCELLED -> StoredOutcome.cancelled(0, attempts);
                })
                .list()
                .ofMaxSize(60)
                .map(list -> {
                    StoredOutcome[] placed = new StoredOutcome[list.size()];
                    for (int i = 0; i < placed.length; i++) {
                        placed[i] = list.get(i).at(5L * i + 2);
                    }
                    return List.of(placed);
                });
    }

    /** Half a character does not survive UTF-8. */
    private static boolean isWhole(String text) {
        return text.chars().noneMatch(c -> Character.isSurrogate((char) c));
    }

    @Test
    void whatIsRepetitiveIsCompressedFromASizeOn() {
        JobBlock.Writer writer = writer(List.of(new byte[10_000]), false);
        assertThat(writer.toBytes(Integer.MAX_VALUE)).hasSizeGreaterThan(10_000);
        assertThat(writer.toBytes(1_000)).hasSizeLessThan(200);
    }

    @Test
    void theTextOfAnErrorIsBoundedAndItsOwnErrorsDoNoHarm() {
        StoredFailure longOne = ErrorText.of(new IllegalStateException("x".repeat(10_000)));
        assertThat(longOne.getMessage()).hasSizeLessThan(2_100).endsWith("...");
        assertThat(longOne.original()).hasSizeLessThanOrEqualTo(8_000);
        assertThat(ErrorText.of(longOne)).isSameAs(longOne);
        assertThat(ErrorText.of(new IllegalStateException("a\0b")))
                .hasMessage("java.lang.IllegalStateException: a\\0b");
        StoredFailure hostile = ErrorText.of(new IllegalStateException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }
        });
        assertThat(hostile).hasMessageContaining("its message cannot be had");
    }
}
