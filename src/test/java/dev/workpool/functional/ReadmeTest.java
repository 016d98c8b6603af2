package dev.workpool.functional;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README says what the code says. */
class ReadmeTest {
    private static final Path EXAMPLES = Path.of("src/examples/java/dev/workpool/examples");
    private static final Pattern SNIPPET = Pattern.compile("// README: (?!end).*\\n([\\s\\S]*?)[ \\t]*// README: end");

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    @Test
    void everySampleIsCompiledCode() throws IOException {
        String readme = readme();
        int snippets = 0;
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file : files.toList()) {
                Matcher snippet = SNIPPET.matcher(Files.readString(file));
                while (snippet.find()) {
                    snippets++;
                    assertThat(readme)
                            .as("sample of %s", file.getFileName())
                            .contains("```java\n"
                                    + snippet.group(1).stripTrailing().stripIndent() + "\n```");
                }
            }
        }
        assertThat(snippets).isEqualTo(3);
        assertThat(readme.split("```java", -1)).hasSize(snippets + 1);
    }

    @Test
    void everyExampleIsListedOnce() throws IOException {
        String readme = readme();
        String list = readme.substring(readme.indexOf("## Examples"), readme.indexOf("## When not to use it"));
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            List<Path> examples =
                    files.filter(file -> !file.endsWith("package-info.java")).toList();
            assertThat(examples)
                    .isNotEmpty()
                    .allSatisfy(example -> assertThat(list).containsOnlyOnce("](" + example + ")"));
        }
    }

    @Test
    void everyLinkedFileExists() throws IOException {
        List<String> links = Pattern.compile("\\]\\((?!http|#)([^)#]+)")
                .matcher(readme())
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(Path.of(link)).exists());
    }
}
