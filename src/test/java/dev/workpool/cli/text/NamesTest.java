package dev.workpool.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.JsonWriter;
import dev.workpool.cli.console.Sink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NamesTest {

    @Property(tries = 500)
    void anyBytesSurviveAsAString(@ForAll @Size(max = 60) byte[] bytes) {
        assertThat(Names.encode(Names.decode(bytes, 0, bytes.length))).isEqualTo(bytes);
    }

    @Property(tries = 300)
    void aReaderDecodesAlikeHoweverTheBytesArrive(@ForAll @Size(max = 60) byte[] bytes) throws IOException {
        InputStream oneByOne = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                return super.read(to, from, Math.min(1, length));
            }
        };
        StringBuilder read = new StringBuilder();
        try (NameReader reader = new NameReader(oneByOne)) {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                read.append((char) c);
            }
        }
        assertThat(Names.encode(read.toString())).isEqualTo(bytes);
    }

    @Test
    void utf8IsWhatItAlwaysIs() {
        byte[] bytes = "päth/😀".getBytes(StandardCharsets.UTF_8);
        assertThat(Names.decode(bytes, 0, bytes.length)).isEqualTo("päth/😀");
    }

    @Test
    void otherBytesBecomeLoneSurrogates() {
        assertThat(Names.decode(new byte[] {'a', (byte) 0xFF}, 0, 2)).isEqualTo("a\uDCFF");
    }

    @Test
    void jsonHasLoneSurrogatesAsEscapesAndPairsAsTheyAre() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Sink sink = new Sink(out, () -> {});
        try (JsonWriter json = new JsonWriter(sink)) {
            json.write("\"é\uDCFF\uD83D");
            json.write("\uDE00\"");
        }
        sink.flush();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("\"é\\udcff😀\"");
    }
}
