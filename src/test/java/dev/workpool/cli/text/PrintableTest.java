package dev.workpool.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void controlCharactersAreEscapes() {
        assertThat(Printable.of("a\nb\rc\td")).isEqualTo("a\\nb\\rc\\td");
        assertThat(Printable.of("\u001b[31mred\u0000\u007f\u009b")).isEqualTo("\\x1b[31mred\\x00\\x7f\\x9b");
    }

    @Test
    void everythingElseStays() {
        String text = "plain, \u00e4\u00df\u4e2d \ud83d\ude00 and \\n as two characters";
        assertThat(Printable.of(text)).isEqualTo(text);
    }
}
