package dev.workpool.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalWidthTest {
    @ParameterizedTest
    @CsvSource({"'24 40\n', 40", "24 200, 200", "0 0, 80", "'', 80", "stty: nonsense, 80", "5 3, 10"})
    void itIsWhatSttySays(String size, int columns) {
        assertThat(TerminalWidth.columns(size)).isEqualTo(columns);
    }
}
