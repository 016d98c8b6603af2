package dev.workpool.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativePathsTest {

    /** The last is a byte that is no UTF-8. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "with space%20", "\u00e4\u00df", "\u4e2d\ud83d\ude00", "x\udcffy"})
    void aFileHasExactlyTheBytesOfItsName(String name, @TempDir Path folder) throws IOException {
        Path path = NativePaths.of(folder + "/" + name);
        Files.writeString(path, "content");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> listed = files.toList();
            assertThat(listed).hasSize(1);
            assertThat(NativePaths.lastName(listed.get(0))).isEqualTo(name);
        }
        assertThat(Files.readString(NativePaths.of(folder + "/" + name))).isEqualTo("content");
    }

    @Test
    void aRelativeNameIsARelativePath() {
        assertThat(NativePaths.of("a/b").isAbsolute()).isFalse();
        Path path = NativePaths.of("\u00e4/b");
        assertThat(path.isAbsolute()).isFalse();
        assertThat(path.getNameCount()).isEqualTo(2);
    }

    @Test
    void aFolderKeepsItsLastName(@TempDir Path folder) throws IOException {
        Path inner = Files.createDirectory(NativePaths.of(folder + "/\u00e4"));
        assertThat(NativePaths.lastName(inner))
                .as("though its URI ends in a slash")
                .isEqualTo("\u00e4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "\u00e4\u0000b"})
    void aNameWithANulIsNone(String name) {
        assertThatThrownBy(() -> NativePaths.of(name)).isInstanceOf(InvalidPathException.class);
    }
}
