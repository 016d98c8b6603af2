package dev.workpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README and the pages beside it say what the code says. */
class ReadmeTest {
    private static final Path EXAMPLES = Path.of("src/examples/java/dev/workpool/examples");
    private static final Pattern SNIPPET = Pattern.compile("// README: (?!end).*\\n([\\s\\S]*?)[ \\t]*// README: end");

    private static final Path README = Path.of("README.md");
    private static final Path DOCS = Path.of("src/docs");

    private static String readme() throws IOException {
        return Files.readString(README);
    }

    @Test
    void itIsRead() throws IOException {
        assertThat(Files.size(README)).as("a screen and a half").isLessThanOrEqualTo(8_000);
    }

    @Test
    void everySampleIsCompiledCode() throws IOException {
        String pages =
                readme() + Files.readString(DOCS.resolve("guide.md")) + Files.readString(DOCS.resolve("testkit.md"));
        int snippets = 0;
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file : files.toList()) {
                Matcher snippet = SNIPPET.matcher(Files.readString(file));
                while (snippet.find()) {
                    snippets++;
                    assertThat(pages)
                            .as("sample of %s", file.getFileName())
                            .contains("```java\n"
                                    + snippet.group(1).stripTrailing().stripIndent() + "\n```");
                }
            }
        }
        assertThat(snippets).isEqualTo(4);
        assertThat(readme().split("```java", -1))
                .as("samples that are no compiled code")
                .hasSize(2);
    }

    @Test
    void everyExampleIsListedOnce() throws IOException {
        String list = Files.readString(DOCS.resolve("examples.md"));
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            List<Path> examples =
                    files.filter(file -> !file.endsWith("package-info.java")).toList();
            assertThat(examples)
                    .isNotEmpty()
                    .allSatisfy(example -> assertThat(list).containsOnlyOnce("](" + DOCS.relativize(example) + ")"));
        }
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(README));
        try (Stream<Path> files = Files.walk(DOCS)) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher link =
                    Pattern.compile("\\]\\((?!http)([^)#]*)(?:#([^)]+))?\\)").matcher(Files.readString(page));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertThat(target).as("link %s of %s", link.group(), page).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target))
                            .as("link %s of %s", link.group(), page)
                            .contains(link.group(2));
                }
            }
        }
    }

    /** As GitHub makes them of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return Pattern.compile("^#+ (.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
