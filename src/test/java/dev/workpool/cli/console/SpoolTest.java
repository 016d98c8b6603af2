package dev.workpool.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpoolTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1000000",
        "100, 1000000",
        "65536, 1000000",
        "65537, 1000000",
        "300000, 1000000",
        "5000, 1500",
        "5000, 0"
    })
    void whatGoesInComesOut(int length, long budget) throws IOException {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        try (Spool spool = new Spool(new Spool.Budget(budget))) {
            for (int from = 0; from < length; from += 1000) {
                byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(length, from + 1000));
                spool.write(piece, piece.length);
            }
            assertThat(spool.isEmpty()).isEqualTo(length == 0);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            spool.content().transferTo(out);
            assertThat(out.toByteArray()).isEqualTo(bytes);
        }
    }
}
