package dev.workpool.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ten lines of the README. */
class QuickStartTest {
    @Test
    void withoutArgumentsTheFilesOfTheFolderAreHashed() throws Exception {
        assertThat(QuickStart.filesHere()).contains(Path.of("pom.xml"), Path.of("README.md"));
    }

    @Test
    void filesAreHashedInOrder(@TempDir Path folder) throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        Path abc = Files.writeString(folder.resolve("abc"), "abc");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        QuickStart.run(List.of(abc, empty), new PrintStream(out, true, UTF_8));
        assertThat(out.toString(UTF_8).lines().filter(line -> !line.startsWith("BatchProgress")))
                .containsExactly(
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
