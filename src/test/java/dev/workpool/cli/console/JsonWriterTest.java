package dev.workpool.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Sink sink = new Sink(bytes, () -> {});
    private final JsonWriter writer = new JsonWriter(sink);

    private String written() throws IOException {
        sink.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void textIsUtf8() throws IOException {
        writer.write("{\"a\":\"\u00e4\u4e2d\ud83d\ude00\"}");
        assertThat(written()).isEqualTo("{\"a\":\"\u00e4\u4e2d\ud83d\ude00\"}");
    }

    @Test
    void theHalvesOfACharacterMayComeInTwoCalls() throws IOException {
        writer.write("\"\ud83d");
        writer.write("\ude00\"");
        assertThat(written()).isEqualTo("\"\ud83d\ude00\"");
    }

    /** It stands for a byte that is no UTF-8. */
    @Test
    void aHalfThatIsAloneIsAnEscape() throws IOException {
        writer.write("\"a\udcffb\ud83dc\ud83d\ud83d\ude00\ud83d");
        writer.write("\"");
        assertThat(written()).isEqualTo("\"a\\udcffb\\ud83dc\\ud83d\ud83d\ude00\\ud83d\"");
    }
}
