package dev.workpool.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.cli.job.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class InputsTest {
    private final List<Throwable> ends = new ArrayList<>();

    @Test
    void thereIsAJobForEachInputAndTheEndIsToldOnce() {
        Inputs inputs = new Inputs(new ArgumentSource(List.of("a", "b")), ends::add);
        assertThat(inputs.hasNext()).isTrue();
        assertThat(inputs.hasNext()).isTrue();
        assertThat(inputs.next().input().name()).isEqualTo("a");
        assertThat(inputs.next().input().name()).isEqualTo("b");
        assertThat(ends).isEmpty();
        assertThat(inputs.hasNext()).isFalse();
        assertThatThrownBy(inputs::next).isInstanceOf(NoSuchElementException.class);
        assertThat(ends).hasSize(1).containsOnlyNulls();
    }

    @Test
    void anErrorIsAnEnd() {
        for (Throwable error :
                List.of(new IOException("cut"), new IllegalStateException("bad"), new OutOfMemoryError())) {
            ends.clear();
            Inputs inputs = new Inputs(new Broken(error), ends::add);
            assertThat(inputs.hasNext()).isFalse();
            assertThat(inputs.hasNext()).isFalse();
            assertThat(ends).containsExactly(error);
        }
    }

    /** A source that cannot be read. */
    private record Broken(Throwable error) implements InputSource {
        @Override
        public Input next() throws IOException {
            if (error instanceof IOException e) {
                throw e;
            } else if (error instanceof RuntimeException e) {
                throw e;
            }
            throw (Error) error;
        }
    }
}
