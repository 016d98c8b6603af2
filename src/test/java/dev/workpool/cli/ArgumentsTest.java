package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.text.Names;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static final byte[] LINE = Names.encode("java\0-jar\0x.jar\0run\0é\uDCFF\0");

    @Test
    void bytesThatTheJvmLostComeFromTheProcessItself() {
        String[] decoded = {"run", "\uFFFD\uFFFD\uFFFD"};
        assertThat(Arguments.matching(LINE, decoded, StandardCharsets.US_ASCII)).containsExactly("run", "é\uDCFF");
    }

    @Test
    void argumentsThatAreNotTheProcesssStayAsTheyAre() {
        String[] decoded = {"walk", "\uFFFD\uFFFD\uFFFD"};
        assertThat(Arguments.matching(LINE, decoded, StandardCharsets.US_ASCII)).isSameAs(decoded);
    }

    @Test
    void plainArgumentsAreNotTouched() {
        String[] decoded = {"run", "src"};
        assertThat(Arguments.recover(decoded)).isSameAs(decoded);
    }
}
