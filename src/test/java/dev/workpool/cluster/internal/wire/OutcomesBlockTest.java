package dev.workpool.cluster.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.job.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Outcomes are read as they were written; a block that is damaged says so. */
class OutcomesBlockTest {

    /** Results are texts, of which one cannot be decoded. */
    private static final OutcomesBlock.Decoding DECODING = new OutcomesBlock.Decoding() {
        @Override
        public Object result(byte[] bytes) throws Exception {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.equals("unreadable")) {
                throw new java.io.IOException("no such result");
            }
            return text;
        }

        @Override
        public Throwable error(byte[] bytes) {
            return ErrorBytes.read(bytes, "there");
        }
    };

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static Outcome<byte[]> outcome(Random random, boolean onlyFirstSuccesses) {
        int attempts = random.nextInt(5) == 0 ? 200 + random.nextInt(800) : 1 + random.nextInt(3);
        String text = random.nextInt(4) == 0 ? null : "x".repeat(random.nextInt(300));
        return switch (onlyFirstSuccesses ? 0 : random.nextInt(6)) {
            case 0 -> new Outcome.Succeeded<>(bytes(text), 1);
            case 1 -> new Outcome.Succeeded<>(bytes(text), attempts);
            case 2 -> new Outcome.Failed<>(new IllegalStateException(text), attempts);
            case 3 -> {
                IllegalStateException error = new IllegalStateException(text);
                yield new Outcome.Failed<>(new EncodedFailure(error, ErrorBytes.write(error)), attempts);
            }
            case 4 -> new Outcome.TimedOut<>(Duration.ofNanos(random.nextLong(Long.MAX_VALUE)), attempts);
            default -> new Outcome.Cancelled<>(attempts - 1);
        };
    }

    private static List<Outcome<byte[]>> outcomes(Random random, int count, boolean onlyFirstSuccesses) {
        List<Outcome<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(outcome(random, onlyFirstSuccesses));
        }
        return all;
    }

    private static Outcomes<byte[]> packed(List<Outcome<byte[]>> outcomes) {
        Object[] elements = outcomes.stream()
                .map(each -> each instanceof Outcome.Succeeded<byte[]> success && success.attempts() == 1
                        ? PackedOutcome.result(success.value())
                        : PackedOutcome.of(each))
                .toArray();
        return new Outcomes<>(elements, elements.length, false);
    }

    private static String text(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Succeeded<?> success) {
            Object value = success.value() instanceof byte[] bytes
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : success.value();
            return "succeeded " + value + " " + success.attempts();
        } else if (outcome instanceof Outcome.Failed<?> failed) {
            Throwable error = failed.error() instanceof EncodedFailure encoded ? encoded.getCause() : failed.error();
            return "failed " + error + " " + failed.attempts();
        }
        return outcome.toString();
    }

    private static List<String> texts(Object[] elements) {
        return Arrays.stream(elements)
                .map(each -> text(PackedOutcome.outcome(each)))
                .toList();
    }

    @Property(tries = 300)
    void outcomesAreReadAsTheyWereWritten(
            @ForAll long seed, @ForAll @IntRange(max = 60) int count, @ForAll boolean onlyFirstSuccesses) {
        List<Outcome<byte[]>> written = outcomes(new Random(seed), count, onlyFirstSuccesses);
        byte[] block = OutcomesBlock.write(9, 4, 1L << 40, packed(written));
        OutcomesBlock.Reader reader = new OutcomesBlock.Reader(block);
        assertThat(List.of(reader.batchId(), reader.first(), reader.count()))
                .isEqualTo(List.of(9L, 1L << 40, (long) count));
        assertThat(reader.attempt()).isEqualTo(4);
        assertThat(reader.size()).isEqualTo(block.length);
        assertThat(reader.isAlike()).isFalse();
        assertThat(reader.isUnstarted()).isFalse();
        assertThat(texts(reader.outcomes(DECODING)))
                .isEqualTo(written.stream().map(OutcomesBlockTest::text).toList());
    }

    @Property(tries = 300)
    void anOutcomeThatManyHaveIsReadAsItWasWritten(@ForAll long seed) {
        Outcome<byte[]> written = outcome(new Random(seed), false);
        OutcomesBlock.Reader reader = new OutcomesBlock.Reader(OutcomesBlock.writeAlike(9, 4, 17, 1L << 33, written));
        assertThat(List.of(reader.batchId(), reader.first(), reader.count())).isEqualTo(List.of(9L, 17L, 1L << 33));
        assertThat(reader.isAlike()).isTrue();
        assertThat(text(reader.outcome(DECODING))).isEqualTo(text(written));
    }

    @Property(tries = 100)
    void jobsThatHaveNotBegunAreKnownWhateverTheAttempt(@ForAll @IntRange(min = 1, max = 1_000) int attempt) {
        assertThat(isUnstarted(attempt, new Outcome.Cancelled<>(attempt - 1))).isTrue();
        assertThat(isUnstarted(attempt, new Outcome.Cancelled<>(attempt))).isFalse();
        assertThat(isUnstarted(attempt, new Outcome.TimedOut<>(Duration.ofSeconds(1), attempt - 1)))
                .isTrue();
        assertThat(isUnstarted(attempt, new Outcome.TimedOut<>(Duration.ofSeconds(1), attempt)))
                .isFalse();
    }

    private static boolean isUnstarted(int attempt, Outcome<byte[]> outcome) {
        return new OutcomesBlock.Reader(OutcomesBlock.writeAlike(1, attempt, 0, 5, outcome)).isUnstarted();
    }

    @Test
    void aResultThatCannotBeDecodedFailsItsJobAlone() {
        byte[] block = OutcomesBlock.write(
                1,
                1,
                0,
                packed(List.of(
                        new Outcome.Succeeded<>(bytes("a"), 1),
                        new Outcome.Succeeded<>(bytes("unreadable"), 1),
                        new Outcome.Succeeded<>(bytes("c"), 1))));
        assertThat(texts(new OutcomesBlock.Reader(block).outcomes(DECODING)))
                .containsExactly("succeeded a 1", "failed java.io.IOException: no such result 1", "succeeded c 1");
    }

    @Property(tries = 50)
    void aBlockThatWasCutOffIsDamaged(@ForAll long seed, @ForAll boolean alike, @ForAll boolean onlyFirstSuccesses) {
        Random random = new Random(seed);
        byte[] block = alike
                ? OutcomesBlock.writeAlike(3, 1, 0, 9, outcome(random, onlyFirstSuccesses))
                : OutcomesBlock.write(3, 1, 0, packed(outcomes(random, 4, onlyFirstSuccesses)));
        for (int cut = 0; cut < block.length; cut += 1 + cut / 64) {
            byte[] part = Arrays.copyOf(block, cut);
            assertThatThrownBy(() -> readAll(part)).as("cut after %d", cut).isInstanceOf(DamagedBlock.class);
        }
    }

    @Property(tries = 3_000)
    void aBlockWithOtherBytesIsReadOrDamaged(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] block = random.nextBoolean()
                ? OutcomesBlock.writeAlike(3, 1, 0, 9, outcome(random, false))
                : OutcomesBlock.write(3, 1, 0, packed(outcomes(random, 4, random.nextBoolean())));
        for (int i = random.nextInt(4); i >= 0; i--) {
            block[random.nextInt(block.length)] = (byte) random.nextInt();
        }
        assertReadOrDamaged(block);
    }

    @Property(tries = 2_000)
    void bytesOfAnyKindAreReadOrDamaged(@ForAll @Size(max = 60) byte[] bytes) {
        assertReadOrDamaged(bytes);
    }

    private static void assertReadOrDamaged(byte[] block) {
        try {
            readAll(block);
        } catch (DamagedBlock e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    private static void readAll(byte[] block) {
        OutcomesBlock.Reader reader = new OutcomesBlock.Reader(block);
        assertThat(reader.first() + reader.count()).isNotNegative();
        if (reader.isAlike()) {
            reader.outcome(DECODING);
        } else {
            assertThat(reader.outcomes(DECODING)).doesNotContainNull();
        }
    }
}
