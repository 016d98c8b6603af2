package dev.workpool.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault of {@code src/test/faults} is noticed by the tests that it names. Trying them takes minutes, so that is done
 * only where asked for: {@code mvn -q test -Dtest=InjectedFaultsTest -Dfaults=}, with a part of a name if not all are meant.
 */
class InjectedFaultsTest {
    private static final Path FAULTS = Path.of("src/test/faults");
    private static final Path TESTS = Path.of("src/test/java");

    @TempDir
    private Path directory;

    static List<Fault> faults() throws IOException {
        String part = System.getProperty("faults", "");
        return Fault.readAll(FAULTS).stream()
                .filter(fault -> fault.toString().contains(part))
                .toList();
    }

    /** The sources have not moved on without the faults. */
    @Test
    void eachHasItsPlaceAndItsTests() throws IOException {
        for (Fault fault : Fault.readAll(FAULTS)) {
            assertThat(fault.faulty()).as(fault.toString()).isNotEqualTo(Files.readString(fault.source()));
            fault.tests().forEach(InjectedFaultsTest::className);
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void isNoticed(Fault fault) throws Exception {
        Path source = Files.createDirectories(directory.resolve("source"))
                .resolve(fault.source().getFileName());
        Files.writeString(source, fault.faulty());
        Path classes = Files.createDirectories(directory.resolve("classes"));
        String classPath = System.getProperty("java.class.path");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-nowarn",
                        "-cp",
                        classPath,
                        "-d",
                        classes.toString(),
                        source.toString());
        assertThat(status).as("the compiler's status").isZero();
        String[] tests =
                fault.tests().stream().map(InjectedFaultsTest::className).toArray(String[]::new);
        try (ChildJvm child = ChildJvm.startWith(
                classes, List.of("-Xmx512m", "-Dbasedir=" + Path.of("").toAbsolutePath()), FaultTrial.class, tests)) {
            child.awaitExit();
            assertThat(child.lines())
                    .as("what the trial says")
                    .anyMatch(line -> line.startsWith(FaultTrial.NOTICED))
                    .noneMatch(line -> line.startsWith(FaultTrial.PASSED));
            System.out.println(fault + ": " + noticed(child));
        }
    }

    private static List<String> noticed(ChildJvm child) {
        return child.lines().stream()
                .filter(line -> line.startsWith(FaultTrial.NOTICED))
                .toList();
    }

    private static String className(String simpleName) {
        try (Stream<Path> files = Files.walk(TESTS)) {
            Path file = files.filter(each -> each.endsWith(simpleName + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("there is no test " + simpleName));
            return TESTS.relativize(file)
                    .toString()
                    .replaceFirst("\\.java$", "")
                    .replace(File.separatorChar, '.');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
