package dev.workpool.cluster.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.codec.JobCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SteadyCodecTest {
    private final List<Runnable> callbacks = new ArrayList<>();
    private final AtomicInteger known = new AtomicInteger();

    private record Codec(String name, int version, Throwable problem) implements JobCodec<String> {
        @Override
        public boolean decodes(String other, int otherVersion) {
            if (problem instanceof Error error) {
                throw error;
            }
            return other.equals("old");
        }

        @Override
        public byte[] encode(String value) {
            return new byte[0];
        }

        @Override
        public String decode(int readVersion, byte[] bytes) {
            return "";
        }
    }

    private static SteadyCodec<String> codec(Throwable problem) {
        return SteadyCodec.of(new Codec("text", 2, problem), "jobs");
    }

    private void runCallbacks() {
        callbacks.forEach(Runnable::run);
        callbacks.clear();
    }

    @Test
    void itDecodesItsOwnWithoutBeingAsked() {
        assertThat(codec(new AssertionError("asked"))
                        .decodes(new Encoding("text", 2), callbacks::add, known::incrementAndGet))
                .contains(true);
        assertThat(callbacks).isEmpty();
    }

    @Test
    void itIsAskedOnceOnAnotherThread() {
        SteadyCodec<String> codec = codec(null);
        for (Encoding encoding : List.of(new Encoding("old", 1), new Encoding("other", 1))) {
            assertThat(codec.decodes(encoding, callbacks::add, known::incrementAndGet))
                    .isEmpty();
            assertThat(codec.decodes(encoding, callbacks::add, known::incrementAndGet))
                    .isEmpty();
            assertThat(callbacks).hasSize(1);
            runCallbacks();
            assertThat(codec.decodes(encoding, callbacks::add, known::incrementAndGet))
                    .contains(encoding.codec().equals("old"));
        }
        assertThat(known).hasValue(2);
    }

    @Test
    void oneThatFailsDecodesNothingElse() {
        SteadyCodec<String> codec = codec(new StackOverflowError("no"));
        codec.decodes(new Encoding("old", 1), callbacks::add, known::incrementAndGet);
        runCallbacks();
        assertThat(known).hasValue(1);
        assertThat(codec.decodes(new Encoding("old", 1), callbacks::add, known::incrementAndGet))
                .contains(false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                         | 1 | name of the codec of jobs = null; allowed: 1 to 200 characters
                    ''   | 1 | name of the codec of jobs = ''; allowed: 1 to 200 characters
                    text | 0 | version of the codec text of jobs = 0; allowed: 1 or more
                    """)
    void aNameAndAVersionAreChecked(String name, int version, String message) {
        assertThatThrownBy(() -> SteadyCodec.of(new Codec(name, version, null), "jobs"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace("''''", "''"));
    }
}
