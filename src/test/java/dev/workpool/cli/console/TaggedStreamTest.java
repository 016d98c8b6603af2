package dev.workpool.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaggedStreamTest {

    /** {@code /} is the end of a line, {@code >} the tab after the tag. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"a/b/, t>a/t>b/", "a/b, t>a/t>b", "a, t>a", "/, t>/", "//a, t>/t>/t>a", "'',''"})
    void everyLineBeginsWithTheTag(String text, String expected) throws IOException {
        byte[] bytes = text.replace('/', '\n').getBytes(StandardCharsets.UTF_8);
        String tagged = expected.replace('/', '\n').replace('>', '\t');
        try (TaggedStream whole = new TaggedStream(new ByteArrayInputStream(bytes), "t")) {
            assertThat(new String(whole.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(tagged);
        }
        StringBuilder oneByOne = new StringBuilder();
        try (TaggedStream stream = new TaggedStream(new ByteArrayInputStream(bytes), "t")) {
            for (int b = stream.read(); b >= 0; b = stream.read()) {
                oneByOne.append((char) b);
            }
            assertThat(stream.read()).as("again").isEqualTo(-1);
        }
        assertThat(oneByOne).hasToString(tagged);
    }
}
