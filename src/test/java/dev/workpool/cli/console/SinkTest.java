package dev.workpool.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SinkTest {
    private static final int SIZE = 1 << 16;

    private final List<Integer> writes = new ArrayList<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private boolean full;
    private int before;

    private final Sink sink = new Sink(
            new OutputStream() {
                @Override
                public void write(int b) {
                    throw new AssertionError("one by one");
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    if (full) {
                        throw new IOException("No space left on device");
                    }
                    writes.add(length);
                    written.write(bytes, from, length);
                }
            },
            () -> before++);

    @Test
    void littleIsWrittenTogether() throws IOException {
        sink.write("one ");
        sink.write("two");
        assertThat(writes).isEmpty();
        sink.flush();
        sink.flush();
        assertThat(writes).containsExactly(7);
        assertThat(written).hasToString("one two");
        assertThat(before).as("the progress bar is taken off once").isEqualTo(1);
    }

    @Test
    void whatDoesNotFitComesAfterWhatIsThere() throws IOException {
        byte[] large = new byte[SIZE + 1];
        Arrays.fill(large, (byte) 'x');
        sink.write("first");
        sink.write(large, 0, SIZE);
        assertThat(writes).containsExactly(5);
        sink.write(large, 0, SIZE + 1);
        assertThat(writes).as("what is larger than the buffer goes past it").containsExactly(5, SIZE, SIZE + 1);
        sink.write(new ByteArrayInputStream(new byte[] {'a', 'b'}));
        sink.flush();
        assertThat(writes).endsWith(2);
        assertThat(written.toByteArray())
                .startsWith('f', 'i', 'r', 's', 't', 'x')
                .endsWith('x', 'a', 'b');
    }

    @Test
    void whatCannotBeWrittenIsToldAndNotTriedAgain() throws IOException {
        sink.write("lost");
        full = true;
        assertThatThrownBy(sink::flush).isInstanceOf(Sink.WriteException.class).hasMessage("No space left on device");
        full = false;
        sink.write("kept");
        sink.flush();
        assertThat(written).hasToString("kept");
    }
}
