package dev.workpool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Every Java snippet of every page compiles. A page shows what matters of a snippet. What is around it, such as imports
 * and variables, is in a frame for the page, {@code src/test/resources/snippets/<page>.txt}, with <code>{{n}}</code> in
 * place of the n-th snippet. All frames are compiled together, once.
 */
class SnippetsTest {
    private static final Path DOCS = Path.of("src/docs");
    private static final Path FRAMES = Path.of("src/test/resources/snippets");
    private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Pattern INDENTED = Pattern.compile("^ {4,}\\w.*[;{]( //.*)?$");
    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\d+)\\}\\}");
    private static final Pattern CLASS = Pattern.compile("^abstract class (\\w+)", Pattern.MULTILINE);

    /** What the reader fills in: a value, or a part of a body. */
    private static final String OMITTED_VALUE = "= …;";

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> files = Files.walk(DOCS)) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** Code that is indented instead would not be found. */
    private static void checkFences(Path page) throws IOException {
        boolean isFenced = false;
        for (String line : Files.readAllLines(page)) {
            isFenced ^= line.strip().startsWith("```");
            assertThat(isFenced || !INDENTED.matcher(line).find())
                    .as("%s: code that is not in ```java: %s", page, line)
                    .isTrue();
        }
    }

    private static List<String> snippets(Path page) throws IOException {
        return SNIPPET.matcher(Files.readString(page))
                .results()
                .map(snippet ->
                        snippet.group(1).replace(OMITTED_VALUE, "= null;").replace("…", ""))
                .toList();
    }

    /** A source whose errors name the page. */
    private static final class Framed extends SimpleJavaFileObject {
        private final Path page;
        private final String code;

        Framed(Path page, String code) {
            super(URI.create("string:///dev/workpool/examples/" + className(code) + ".java"), Kind.SOURCE);
            this.page = page;
            this.code = code;
        }

        private static String className(String code) {
            Matcher matcher = CLASS.matcher(code);
            assertThat(matcher.find()).isTrue();
            return matcher.group(1);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }

        String describe(Diagnostic<?> problem) {
            String line =
                    code.lines().skip(problem.getLineNumber() - 1).findFirst().orElse("");
            return page + ": " + problem.getMessage(Locale.ROOT) + "\n    " + line.strip();
        }
    }

    private static Framed framed(Path page, List<String> snippets) throws IOException {
        String name = page.getFileName().toString().replace(".md", ".txt");
        assertThat(FRAMES.resolve(name)).as("frame of the snippets of %s", page).exists();
        String frame = Files.readString(FRAMES.resolve(name));
        List<Integer> places = PLACE.matcher(frame)
                .results()
                .map(place -> Integer.valueOf(place.group(1)))
                .sorted() // imports come first, wherever a page shows them
                .toList();
        assertThat(places)
                .as("places in the frame of %s, one for each of its snippets", page)
                .isEqualTo(Stream.iterate(1, n -> n + 1).limit(snippets.size()).toList());
        String code = PLACE.matcher(frame)
                .replaceAll((MatchResult place) ->
                        Matcher.quoteReplacement(snippets.get(Integer.parseInt(place.group(1)) - 1)));
        return new Framed(page, "package dev.workpool.examples;\n" + code);
    }

    private static List<String> problems(List<Framed> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, Locale.ROOT, null)) {
            files.setLocation(
                    StandardLocation.CLASS_PATH,
                    Stream.of(classPath.split(File.pathSeparator))
                            .map(File::new)
                            .toList());
            List<String> options = List.of("-proc:none", "-Xlint:none", "-implicit:none");
            JavacTask task = (JavacTask) compiler.getTask(null, files, problems, options, null, sources);
            task.analyze(); // everything but the writing of classes
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getSource() instanceof Framed framed ? framed.describe(problem) : "" + problem)
                .toList();
    }

    @Test
    void everySnippetOfEveryPageCompiles() throws IOException {
        List<Framed> sources = new ArrayList<>();
        for (Path page : pages()) {
            checkFences(page);
            List<String> snippets = snippets(page);
            if (!snippets.isEmpty()) {
                sources.add(framed(page, snippets));
            }
        }
        assertThat(sources).hasSizeGreaterThanOrEqualTo(10);
        assertThat(problems(sources)).isEmpty();
    }

    @Test
    void aSnippetThatDoesNotCompileIsFound() throws IOException {
        Framed wrong = new Framed(
                Path.of("a.md"), "package dev.workpool.examples;\nabstract class A {\n    int a = none;\n}\n");
        assertThat(problems(List.of(wrong)))
                .singleElement()
                .asString()
                .startsWith("a.md: cannot find symbol")
                .endsWith("int a = none;");
    }
}
