package dev.workpool.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.text.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ListSourceTest {

    @Test
    void linesAreInputsAndEmptyOnesAreSkipped() throws IOException {
        assertThat(names("a\n\n b \r\n\nlast", false)).containsExactly("a", " b \r", "last");
    }

    @Test
    void everyNulTerminatedEntryCounts() throws IOException {
        assertThat(names("a\nb\0\0c", true)).containsExactly("a\nb", "", "c");
    }

    @Test
    void aLineWithANulByteIsUnusableAndNamesTheOption() throws IOException {
        try (ListSource source = source("a\0b\0\nnext\n", false)) {
            Input unusable = source.next();
            assertThat(unusable.name()).isEqualTo("a\0b\0");
            assertThat(unusable.problem()).contains("NUL byte").endsWith("--null");
            assertThat(source.next().problem()).isNull();
        }
    }

    @Test
    void nothingIsNoInput() throws IOException {
        assertThat(names("", false)).isEmpty();
    }

    @Property(tries = 200)
    void noByteOfAnEntryIsLost(@ForAll @Size(max = 20) List<@Size(min = 1, max = 50) byte[]> entries)
            throws IOException {
        List<String> names = new ArrayList<>();
        for (byte[] entry : entries) {
            String name = Names.decode(entry, 0, entry.length).replace('\0', '0');
            names.add(name);
        }
        assertThat(names(String.join("\0", names) + (names.isEmpty() ? "" : "\0"), true))
                .isEqualTo(names);
    }

    @Test
    void anEntryLongerThanTheBufferIsWhole() throws IOException {
        String wide = "x".repeat(100_000);
        assertThat(names("a\n" + wide + "\nb", false)).containsExactly("a", wide, "b");
    }

    @Test
    void anEntryWithoutEndIsUnusableAndTheNextIsReadAllTheSame() throws IOException {
        String endless = "y".repeat(ListSource.MAX_LENGTH + 1);
        try (ListSource source = source(endless + "\nnext\n", false)) {
            Input unusable = source.next();
            assertThat(unusable.problem()).contains("131073 bytes; allowed: at most 131072");
            assertThat(unusable.name()).hasSizeLessThan(100);
            assertThat(source.next().name()).isEqualTo("next");
            assertThat(source.next()).isNull();
        }
    }

    private static ListSource source(String list, boolean nul) {
        return new ListSource(new ByteArrayInputStream(Names.encode(list)), nul);
    }

    private static List<String> names(String list, boolean nul) throws IOException {
        List<String> names = new ArrayList<>();
        try (ListSource source = source(list, nul)) {
            for (Input input = source.next(); input != null; input = source.next()) {
                names.add(input.name());
            }
        }
        return names;
    }
}
