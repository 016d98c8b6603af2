package dev.workpool.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapesTest {
    private static final String ODD =
            "tab\t, line\n, return\r, \\back\\slash\\n, bell\u0007, é😀, byte\uDCFF\uDCC3, delete\u007F1";

    @Property(tries = 1000)
    void anyNameSurvives(@ForAll @Size(max = 60) byte[] bytes) {
        String name = Names.decode(bytes, 0, bytes.length);
        assertThat(Escapes.unescape(Escapes.escape(name))).isEqualTo(name);
    }

    @Property(tries = 1000)
    void anyTextSurvivesAsTheBytesThatItStandsFor(@ForAll String text) {
        assertThat(Names.encode(Escapes.unescape(Escapes.escape(text)))).isEqualTo(Names.encode(text));
    }

    @Property(tries = 1000)
    void aFieldIsValidUtf8OnOneLine(@ForAll @Size(max = 60) byte[] bytes) {
        String field = Escapes.escape(Names.decode(bytes, 0, bytes.length));
        assertThat(field.chars()).noneMatch(c -> c < ' ' || c == 0x7F);
        byte[] encoded = field.getBytes(StandardCharsets.UTF_8);
        assertThat(new String(encoded, StandardCharsets.UTF_8)).isEqualTo(field);
        assertThat(Names.encode(field)).isEqualTo(encoded);
    }

    @Test
    void theShellsPrintfReadsThem() throws IOException {
        assertThat(printfs(Escapes.escape(ODD))).isEqualTo(Names.encode(ODD));
    }

    private static byte[] printfs(String field) throws IOException {
        Process printf = new ProcessBuilder("sh", "-c", "printf %b \"$(cat)\"").start();
        printf.getOutputStream().write(field.getBytes(StandardCharsets.UTF_8));
        printf.getOutputStream().close();
        return printf.getInputStream().readAllBytes();
    }

    @Test
    void aLongNameFullOfEscapesIsNoTrouble() {
        String name = "\\\n\uDCFF".repeat(40_000);
        assertThat(Escapes.unescape(Escapes.escape(name))).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\", "a\\", "\\x", "\\0", "\\01", "\\018", "\\0777", "\\0-12", "tab\t", "bell\u0007"})
    void otherFieldsAreRefused(String field) {
        assertThatThrownBy(() -> Escapes.unescape(field)).isInstanceOf(IllegalArgumentException.class);
    }
}
