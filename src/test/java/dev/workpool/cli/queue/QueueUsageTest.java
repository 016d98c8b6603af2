package dev.workpool.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workpool.cli.Cli;
import dev.workpool.cli.CliProcess;
import dev.workpool.cli.Main;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.options.SourceArguments;
import dev.workpool.cli.options.UsageMessages;
import dev.workpool.cli.text.Allowed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What is said of a line that makes no sense, and what the help and the page list. */
class QueueUsageTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                | no COMMAND; allowed: add, work, status, dead, requeue, discard, cancel, pause, resume, schema",
                "work jobs.db                      | the argument 'jobs.db' is not expected; a store is named by --store jobs.db; workpool queue work --help",
                "cancel --store j.db a b           | the argument 'b' is not expected; workpool queue cancel --help lists",
                "ad                                | there is no command 'ad'; did you mean add or dead? workpool queue --help lists what is allowed",
                "add --exec echo x                 | no store: give --store FILE, or --store jdbc:postgresql://HOST/DATABASE",
                "add --store j.db x                | nothing to add: give --exec CMD; allowed: a command for sh",
                "add --store j.db --exec= x        | --exec '': CMD is empty",
                "add --store j.db --exec {x} a     | --exec '{x}': unknown replacement string {x}",
                "add --store j.db --exec {2} a     | {2}; an input has one value, unless there are more input sources or --colsep",
                "add --store j.db --exec a --exec b x | --exec more than once; allowed: once",
                "add --store j.db --exec a --key= x | --key ''; allowed: 1 to 500 characters",
                "add --store j.db --exec a --priority 1001 x | '--priority': '1001'; allowed: -1000 to 1000, larger first",
                "add --store j.db --exec a --delay -1 x | '--delay': '-1'; allowed: 0 to 3650d, as in 30s, 5m, 2h, 1d or 90 (seconds)",
                "add --store j.db --exec a --queue a/b x | name of a queue",
                "add --store j.db --exec a --input - x | INPUT 'x' and --input '-'",
                "work --store j.db                 | --store 'j.db': no such file; workpool queue add --store j.db makes it",
                "status --store src/j.db           | --store 'src/j.db': no such file; workpool queue add --store src/j.db makes it",
                "add --store no/j.db --exec a x    | --store 'no/j.db': no such folder: no; allowed: a file of SQLite, or a database",
                "status --store no/j.db            | --store 'no/j.db': no such folder: no; allowed: a file of SQLite, or a database",
                "add --store pom.xml/j --exec a x  | --store 'pom.xml/j': no such folder: pom.xml; allowed: a file of SQLite",
                "status --store /                  | --store '/': a folder; allowed: a file of SQLite",
                "status --store pom.xml            | --store 'pom.xml': not a file of SQLite; allowed",
                "status --store=                   | --store '': an empty name; allowed: a file of SQLite",
                "status --store jdbc:mysql://h/d   | --store 'jdbc:mysql://h/d': not a database that can hold queues; allowed",
                "status --store postgres://u:pw@h:5433/d | allowed: jdbc:postgresql://h:5433/d?user=u, and the password in WORKPOOL_STORE_PASSWORD,",
                "status --store postgresql://h/d?sslmode=require&password=pw | allowed: jdbc:postgresql://h/d?sslmode=require, and the password in",
                "status --store postgresql://a+b@h/d | allowed: jdbc:postgresql://h/d?user=a%2Bb, and",
                "status --store postgresql:///d    | --store: a URL of JDBC begins with jdbc:postgresql:// and has no user before its host; allowed: jdbc:postgresql:///d, and",
                "status --store postgresql://u:pw/@h/d | allowed: jdbc:postgresql://HOST/DATABASE?user=NAME, and",
                "status --store postgresql://u:pw?@h/d | allowed: jdbc:postgresql://HOST/DATABASE?user=NAME, and",
                "status --store mysql://u:pw@h/d   | --store 'mysql://…@h/d': not a database that can hold queues; allowed",
                "status --store jdbc:postgresql://h/d?user=u&password=pw | --store jdbc:postgresql://h/d?…: 'password' in arguments is seen by all users",
                "status --store jdbc:postgresql://h/d?sslpassword=pw | 'sslpassword' in arguments is seen by all users",
                "status --store jdbc:postgresql://u:pw@h/d | has no user before its host; allowed: jdbc:postgresql://h/d?user=u, and",
                "status --store j.db --password-file x | --password-file is about a database: give --store jdbc:postgresql://HOST/DATABASE",
                "status --store j.db --schema x    | --schema is about a database: give --store jdbc:postgresql://HOST/DATABASE",
                "status --store jdbc:postgresql://h/d --password-file /no/f | --password-file '/no/f': no such file or folder; allowed: a file whose first line",
                "work --store j.db --tag --format ndjson | --tag is about lines of text, and not for --format ndjson",
                "work --store j.db --backoff 1s    | --backoff is about the time between attempts: give --retries N as well",
                "work --store j.db --workers adaptive | '--workers': 'adaptive'; allowed: 1 to 100000, or 1% to 10000% of",
                "work --store j.db --joblog=       | --joblog '': an empty name; allowed: a new file",
                "work --store j.db --shell /no/sh  | --shell '/no/sh': cannot be run",
                "requeue --store j.db              | nothing to requeue: give ID..., --error TEXT or --all",
                "discard --store j.db --all 1      | ID, --error and --all exclude each other; allowed: one of them",
                "discard --store j.db x            | ID 'x'; allowed: numbers as workpool queue dead --list shows them",
                "cancel --store j.db               | nothing to cancel: give the number of a batch, or a key",
                "schema --from 99                  | --from 99: version of a job store's tables = 99; allowed: 0 to",
                "schema --prefix X                 | prefix of a job store = \"X\"; allowed: 1 to 31 small letters",
            })
    void wrongUsageIsOneLineAndStatusTwo(String line, String expected) {
        Cli.Ran ran = Cli.run(("queue " + line).strip().split(" "));
        assertThat(ran.status()).as(ran.err()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .startsWith("workpool: ")
                .contains(expected)
                .doesNotContain("pw")
                .hasLineCount(1);
        assertThat(List.of("j.db", "j.db.lock", "j.db.writer"))
                .as("a store that nobody wanted")
                .noneMatch(name -> Files.exists(Path.of(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "work", "dead", "pause", "resume", "cancel 1", "requeue --all", "discard 1"})
    void anEmptyFileIsNoStoreAndStaysAsItIs(String command) throws IOException {
        Path empty = Files.createFile(folder.resolve("jobs.db"));
        Cli.Ran ran = Cli.run(("queue " + command + " --store " + empty).split(" "));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualTo("workpool: --store '" + empty + "': an empty file, without a store in it; workpool queue add"
                        + " --store " + empty + " makes one\n");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(empty);
        }
        assertThat(empty).isEmptyFile();
    }

    /** Nobody can make a file there. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatCannotBeMadeIsNamed() {
        Cli.Ran ran = Cli.run("queue", "add", "--store", "/sys/j.db", "--exec", "echo {}", "a");
        assertThat(ran.status()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err())
                .hasLineCount(1)
                .startsWith("workpool: --store '/sys/j.db': the job store /sys/j.db cannot be opened: ")
                .endsWith("; whoever uses it, if only to read, needs to write the file and into its folder\n");
    }

    /** By a user for whom rights count: those who run tests in a container are often another. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobs.db     | r--r--r-- | status",
                "jobs.db     | r--r--r-- | add --exec x a",
                "jobs.db-wal | r--r--r-- | pause",
                "''          | r-xr-xr-x | status",
                "''          | r-xr-xr-x | work --until-empty",
                "''          | r-xr-xr-x | cancel 1",
            })
    void whatCannotBeWrittenIsNamed(String name, String rights, String command) throws Exception {
        String unprivileged = "setpriv --bounding-set=-dac_override --inh-caps=-dac_override ";
        assumeTrue(new ProcessBuilder("sh", "-c", unprivileged + "true").start().waitFor() == 0);
        Path store = folder.resolve("jobs.db");
        assertThat(Cli.run("queue", "add", "--store", store.toString(), "--exec", "echo {}", "a")
                        .status())
                .isZero();
        Path unwritable = name.isEmpty() ? folder : folder.resolve(name);
        if (!Files.exists(unwritable)) {
            Files.createFile(unwritable);
        }
        Files.setPosixFilePermissions(unwritable, PosixFilePermissions.fromString(rights));
        try {
            Cli.Ran ran = CliProcess.start("exec " + unprivileged + "\"$@\" queue " + command + " --store " + store)
                    .await();
            assertThat(ran.status()).as(ran.err()).isEqualTo(2);
            assertThat(ran.err())
                    .isEqualTo("workpool: --store '" + store + "': the job store " + store
                            + " cannot be opened: this user"
                            + " may not write " + unwritable + "; whoever uses it, if only to read, needs to write the"
                            + " file and into its folder\n");
        } finally {
            Files.setPosixFilePermissions(unwritable, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void everyOptionWithAValueSaysWhatIsAllowed() {
        commandNames()
                .forEach(name -> options(name).stream()
                        .filter(option -> option.arity().max() > 0)
                        .forEach(option -> {
                            for (String each : option.names()) {
                                assertThat(Cli.run("queue", name, each).err())
                                        .startsWith("workpool: " + each + ": ")
                                        .endsWith(" is missing; allowed: "
                                                + Allowed.after(UsageMessages.nameOf(option), option.paramLabel())
                                                + "\n");
                            }
                        }));
    }

    @Test
    void thePageListsEveryOptionOfEachCommand() throws IOException {
        String page = Files.readString(Path.of("src/docs/cli-queue.md"));
        for (String name : commandNames()) {
            assertThat(page).contains("`workpool queue " + name);
            for (OptionSpec option : options(name)) {
                for (String each : option.names()) {
                    assertThat(page).containsPattern("(?m)^\\|.*`" + each + "\\b.*\\|$");
                }
            }
        }
    }

    @Test
    void eachHelpHasAnExample() {
        String all = Cli.run("queue", "--help").out();
        for (String name : commandNames()) {
            assertThat(all).containsPattern("(?m)^  workpool queue " + name + " ");
            Cli.Ran help = Cli.run("queue", name, "--help");
            assertThat(help.status()).isZero();
            assertThat(help.out()).containsPattern("(?m)^  workpool queue " + name + " ");
        }
        assertThat(Cli.run("--help").out()).contains("queue");
        assertThat(Cli.run("help", "queue").out()).isEqualTo(all);
    }

    /** Newer JVMs say by themselves that the folder is not there. */
    private static String saidByUs(Cli.Ran ran) {
        return ran.err().replaceFirst("WARNING: java.io.tmpdir directory does not exist\\R", "");
    }

    /** As where it is full. */
    @Test
    void aFolderForTemporaryFilesThatTakesNoneIsNamed() throws Exception {
        Path list = Files.writeString(
                folder.resolve("list"), "x".repeat(1_000).concat("\n").repeat(20_000));
        String add = "exec \"$@\" queue add --store " + folder.resolve("jobs.db") + " --exec 'echo {}' --input " + list;
        Cli.Ran library = CliProcess.start(Map.of(), List.of("-Djava.io.tmpdir=/no/such"), add)
                .await();
        assertThat(library.status()).isEqualTo(1);
        assertThat(saidByUs(library))
                .hasLineCount(1)
                .contains("the driver of SQLite unpacks a library into /no/such, where it needs room");
        Cli.Ran jobs = CliProcess.start(
                        Map.of(), List.of("-Djava.io.tmpdir=/no/such", "-Dorg.sqlite.tmpdir=" + folder), add)
                .await();
        assertThat(jobs.status()).isEqualTo(1);
        assertThat(saidByUs(jobs))
                .hasLineCount(1)
                .startsWith("workpool: jobs that are to be enqueued cannot be written to a temporary file in /no/such;")
                .endsWith("no such file or folder; nothing was added\n");
    }

    @Test
    void aTerminalIsAskedBeforeManyAreDiscarded() {
        String store = folder.resolve("jobs.db").toString();
        Cli.run("queue", "add", "--store", store, "--exec", "exit 3 {}", "a", "b");
        Cli.run("queue", "work", "--store", store, "--until-empty");
        assertThat(answer("\n", store))
                .isEqualTo("Discard 2 dead letters of queue 'default' of " + store
                        + "? [y/N] workpool: nothing was done\n");
        assertThat(Cli.run("queue", "dead", "--store", store).out()).contains("exit status 3");
        answer("y\n", store);
        assertThat(Cli.run("queue", "dead", "--store", store).out()).isEqualTo("none\n");
    }

    private static String answer(String typed, String store) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams streams = new Streams(
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new ByteArrayOutputStream(),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                true,
                false,
                true,
                true,
                new Stop());
        assertThat(Main.run(new String[] {"queue", "discard", "--store", store, "--all"}, streams))
                .isZero();
        return Cli.decode(err);
    }

    private static Set<String> commandNames() {
        return new TreeSet<>(
                QueueCommand.commands(null, SourceArguments.of(new String[0])).keySet());
    }

    private static List<OptionSpec> options(String name) {
        return new CommandLine(QueueCommand.commands(null, SourceArguments.of(new String[0]))
                        .get(name)
                        .get())
                .getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .toList();
    }
}
