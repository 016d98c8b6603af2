package dev.workpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users compile against is enough: nothing that is internal is needed to compile the examples. */
class PublicFaceTest {
    private static final Path EXAMPLES = Path.of("src/examples/java");

    @TempDir
    private Path directory;

    @Test
    void examplesCompileAgainstWhatIsPublicAlone() throws Exception {
        Path classes = Path.of(WorkerPool.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path shown = directory.resolve("public");
        copyButForInternals(classes, shown);
        String others = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(compile(shown + File.pathSeparator + others)).isEmpty();
    }

    private String compile(String classPath) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        try (Stream<Path> files = Files.walk(EXAMPLES);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            Path out = Files.createDirectory(directory.resolve("compiled"));
            boolean compiled = compiler.getTask(
                            problems,
                            manager,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", out.toString(), "-cp", classPath),
                            null,
                            manager.getJavaFileObjectsFromPaths(sources))
                    .call();
            return compiled ? "" : problems.toString();
        }
    }

    private static void copyButForInternals(Path from, Path to) throws IOException {
        Path internal = from.resolve("dev/workpool/internal");
        assertThat(internal).isDirectory();
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(file -> !file.startsWith(internal)).forEach(file -> {
                try {
                    Files.copy(file, to.resolve(from.relativize(file)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
