package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the command line, beside a jar that stands for the class path of the tests. */
@Timeout(120)
class LauncherTest {
    private static final Path SOURCE = Path.of("src/main/sh/workpool").toAbsolutePath();
    private static final Path BUILT = Path.of("target/workpool").toAbsolutePath();

    /** A name with what scripts stumble over. */
    @TempDir
    private static Path folder;

    private static Path home;
    private static Path launcher;

    @BeforeAll
    static void install() throws IOException {
        home = Files.createDirectories(folder.resolve("it's a $HOME *"));
        launcher = home.resolve("workpool");
        Files.copy(SOURCE, launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream((System.getProperty("java.class.path") + ":conf").split(":"))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(home.resolve("workpool-cli.jar"))) {
            new JarOutputStream(out, manifest).close();
        }
    }

    @Test
    void itStartsFromAnyFolderAndThroughLinks() throws Exception {
        Path links = Files.createDirectories(folder.resolve("a b"));
        Path absolute = Files.createSymbolicLink(links.resolve("absolute"), launcher);
        Path relative = Files.createSymbolicLink(links.resolve("relative"), links.relativize(absolute));
        assertThat(run(Map.of(), relative.toString(), "run", "--exec", "echo {}", ":::", "a  b", "*"))
                .satisfies(ran -> assertThat(ran.status()).isZero())
                .satisfies(ran -> assertThat(ran.lines()).containsExactlyInAnyOrder("a  b", "*"))
                .satisfies(ran -> assertThat(ran.err()).hasLineCount(1).contains("2 succeeded"));
    }

    @Test
    void aStoreOfSqliteMakesTheJvmSayNothing() throws Exception {
        Path store = Files.createDirectories(folder.resolve("stores")).resolve("jobs.db");
        assertThat(run(Map.of(), launcher.toString(), "queue", "add", "--store", store.toString(), "--exec", ":", "x"))
                .satisfies(ran -> assertThat(ran.status()).isZero())
                .satisfies(ran -> assertThat(ran.err()).isEmpty());
    }

    @Test
    void theStatusIsThatOfTheCommandLine() throws Exception {
        assertThat(run(Map.of(), launcher.toString(), "run", "--nonsense").status())
                .isEqualTo(2);
    }

    @Test
    void optionsOfTheUserReachTheJvm() throws Exception {
        Cli.Ran ran = run(
                Map.of("WORKPOOL_JAVA_OPTS", "-Xmx64m -Dworkpool.pools.run.workers=zero"),
                launcher.toString(),
                "run",
                "--exec",
                ":",
                "x");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("zero").hasLineCount(1);
    }

    @Test
    void aFolderThatIsGoneIsNamed() throws Exception {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        Cli.Ran ran = run(
                Map.of(),
                "/bin/sh",
                "-c",
                "cd \"$1\" && rmdir \"$1\" && \"$0\" run --exec :",
                launcher.toString(),
                gone.toString());
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .endsWith("workpool: the working folder is not there any more; allowed: cd to one that is\n");
    }

    /** A shell may drop those whose names are no identifiers. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void commandsGetAllVariables() throws Exception {
        String value = "ü = 'one'\n\\two $HOME\n\n";
        Cli.Ran ran = run(
                Map.of("a.b", value, "-c", "", "BASH_FUNC_doit%%", "() {  echo \"done $1\"\n}"),
                launcher.toString(),
                "run",
                "--exec",
                "cat /proc/$$/environ; : {}",
                ":::",
                "x");
        assertThat(ran.out().split("\0")).contains("a.b=" + value, "-c=", "BASH_FUNC_doit%%=() {  echo \"done $1\"\n}");
        assertThat(ran.err()).hasLineCount(1).contains("1 succeeded");
    }

    @Test
    void functionsOfBashAreCommands() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
        Cli.Ran ran = run(
                Map.of(),
                "/bin/bash",
                "-c",
                "doit() { echo \"done $1\"; }; export -f doit; \"$0\" run --shell bash --exec doit ::: 1",
                launcher.toString());
        assertThat(ran.out()).isEqualTo("done 1\n");
    }

    @Test
    void aJdkThatIsNotThereIsNamed() throws Exception {
        Cli.Ran ran = run(Map.of("JAVA_HOME", "/no/jdk"), launcher.toString(), "--version");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualTo(
                        "workpool: JAVA_HOME '/no/jdk': no bin/java there; allowed: the folder of a JDK 17 or newer\n");
    }

    @Test
    void filesAreHashedAndStandardInputToo() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "abc");
        Cli.Ran ran = run(
                Map.of(), "/bin/sh", "-c", "printf abc | \"$0\" run \"$1\" -", launcher.toString(), file.toString());
        assertThat(ran.lines())
                .hasSize(2)
                .allMatch(
                        line -> line.startsWith("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  "));
    }

    /** The one that was built, with its archive, if one was. */
    @Test
    void theBuiltOneIsSilentWithWhateverJdk() throws Exception {
        assumeTrue(Files.exists(BUILT), "needs mvn package");
        Cli.Ran ran = run(Map.of(), BUILT.toString(), "run", "--exec", "echo {}", "x");
        assertThat(ran.out()).isEqualTo("x\n");
        assertThat(ran.err()).hasLineCount(1).contains("1 succeeded");
        assertThat(run(Map.of(), BUILT.toString(), "--version").out())
                .startsWith("workpool ")
                .hasLineCount(1);
    }

    private static Cli.Ran run(Map<String, String> environment, String... line) throws Exception {
        List<String> command = new ArrayList<>(List.of(line));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = builder.redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        if (!process.waitFor(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("the launcher hangs");
        }
        return new Cli.Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
