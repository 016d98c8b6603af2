package dev.workpool.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameReaderTest {

    /** Hands out a few bytes at a time, as a pipe does. */
    private static InputStream inPieces(byte[] bytes, Random random) {
        return new InputStream() {
            private final InputStream in = new ByteArrayInputStream(bytes);

            @Override
            public int read() throws IOException {
                return in.read();
            }

            @Override
            public int read(byte[] to, int from, int length) throws IOException {
                return in.read(to, from, Math.min(length, 1 + random.nextInt(3)));
            }
        };
    }

    private static String readAll(NameReader reader, int size) throws IOException {
        StringBuilder text = new StringBuilder();
        char[] piece = new char[size];
        int n;
        while ((n = reader.read(piece, 0, size)) >= 0) {
            text.append(piece, 0, n);
        }
        return text.toString();
    }

    @Test
    void bytesAreDecodedAsNamesAreHoweverTheyArrive() throws IOException {
        Random random = new Random(7);
        StringBuilder long_ = new StringBuilder();
        for (int i = 0; i < 9_000; i++) { // more than one buffer
            long_.append("\u00e4\u4e2d\ud83d\ude00x");
        }
        byte[] good = long_.toString().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[good.length + 3];
        System.arraycopy(good, 0, bytes, 0, good.length);
        bytes[good.length] = (byte) 0xff; // no UTF-8
        bytes[good.length + 1] = 'y';
        bytes[good.length + 2] = (byte) 0xc3; // begins a character, and the end comes
        String expected = Names.decode(bytes, 0, bytes.length);
        assertThat(readAll(new NameReader(new ByteArrayInputStream(bytes)), 4096))
                .isEqualTo(expected);
        assertThat(readAll(new NameReader(inPieces(bytes, random)), 5)).isEqualTo(expected);
        assertThat(Names.encode(expected)).isEqualTo(bytes);
    }

    @Test
    void nothingIsTheEnd() throws IOException {
        NameReader reader = new NameReader(new ByteArrayInputStream(new byte[0]));
        assertThat(reader.read(new char[3], 0, 0)).isZero();
        assertThat(reader.read(new char[3], 0, 3)).isEqualTo(-1);
        assertThat(reader.read(new char[3], 0, 3)).isEqualTo(-1);
    }
}
