package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.options.SourceArguments;
import dev.workpool.cli.options.UsageMessages;
import dev.workpool.cli.run.RunCommand;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.tune.TuneCommand;
import dev.workpool.cli.worker.WorkerCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run --workers 0% x         | '--workers': '0%'; allowed: 1 to 100000, 1% to 10000% of the processors, or adaptive",
                "run --workers 10001% x     | '--workers': '10001%'; allowed: 1 to 100000, 1% to 10000%",
                "run --workers auto x       | '--workers': 'auto'; allowed: 1 to 100000, 1% to 10000%",
                "run x ::: y                | INPUT 'x' and ::: exclude each other; a command is one argument: --exec 'CMD'",
                "run --exec echo ::::       | :::: FILE is missing; allowed: files that can be read, or -",
                "run --exec echo :::: /no/x | --input '/no/x': no such file or folder",
                "run --exec echo :::: - -   | - more than once: standard input can be read once; allowed: one -",
                "run --exec echo :::+ x     | :::+ links to the input source before it, and there is none; allowed: :::",
                "run --get ::: x ::: y      | 2 input sources are combined for a command alone: give --exec CMD as well",
                "run ::: - -                | INPUT '-' more than once: standard input can be read once; allowed: one -",
                "run --get --colsep , x     | --colsep is about the values of a command: give --exec CMD as well",
                "run --exec echo --colsep [ x | '--colsep': '[': Unclosed character class; allowed: a regular expression",
                "run --exec echo --colsep= x  | '--colsep': ''; allowed: a regular expression",
                "run --tag x                | --tag is about commands: give --exec CMD as well",
                "run --line-buffer x        | --line-buffer is about commands: give --exec CMD as well",
                "run --dry-run --get x      | --dry-run is about commands: give --exec CMD as well",
                "run --tag --format ndjson --exec echo x | --tag is about lines of text, and not for --format ndjson",
                "run --shell sh x           | --shell is about what runs a command: give --exec CMD as well",
                "run --shell= --exec echo x | --shell '': an empty name; allowed: a shell that reads sh's language",
                "run --shell /no/sh --exec echo x | --shell '/no/sh': cannot be run; allowed: a shell that reads",
                "run --shell cat --exec echo x | --shell 'cat': does not understand what sh does; allowed: a shell that",
                "run --exec {foo} x         | --exec '{foo}': unknown replacement string {foo}; allowed: {} {.} {/} {//} {/.}",
                "run --exec {2} x           | {2}; an input has one value, unless there are more input sources or --colsep",
                "run --exec {3} ::: x ::: y | {3}; there are 2 input sources; allowed: {} {.}",
                "tune --exec {2} x          | unknown replacement string {2}",
                "tune --shell /no/sh --exec echo x | --shell '/no/sh': cannot be run",
                "run --workers 0 x          | '--workers': '0'; allowed: 1 to 100000",
                "run --workers -1 x         | '--workers': '-1'; allowed: 1 to 100000",
                "run --workers x x          | '--workers': 'x'; allowed: 1 to 100000",
                "run --workers 100001 x     | '--workers': '100001'; allowed: 1 to 100000",
                "run --format xml x         | '--format': expected one of [text, ndjson]",
                "run --progress maybe x     | '--progress': expected one of [auto, always, never]",
                "run --sha256 --get x       | --sha256, --get are mutually exclusive",
                "run --exec true --get x    | are mutually exclusive",
                "run --nonsense x           | Unknown option: '--nonsense'; workpool run --help lists",
                "run --exce echo x          | Unknown option: '--exce'; did you mean --exec? workpool run --help lists",
                "run --keep x               | Unknown option: '--keep'; did you mean --keep-order? workpool run --help",
                "run --linebuffer x         | Unknown option: '--linebuffer'; did you mean --line-buffer? workpool",
                "run -P 2 x                 | Unknown option: '-P'; did you mean --workers? workpool run --help lists",
                "runn                       | 'runn'; did you mean run or tune? workpool --help lists what is allowed",
                "--exce x                   | '--exce', 'x'; options come after a command, as in workpool run --exec CMD;",
                "run -j 0 x                 | '-j': '0'; allowed: 1 to 100000",
                "run -j0 x                  | '-j': '0'; allowed: 1 to 100000",
                "run --jobs=0 x             | '--jobs': '0'; allowed: 1 to 100000",
                "run -k -k x                | -k more than once; allowed: once",
                "run --resume-from-good x   | --resume-from-good is about the jobs of a job log: give --joblog FILE as well",
                "run --exec a --exec b x    | --sha256, --exec or --get more than once; allowed: one of them, once",
                "run --halt now,fail=0 x    | 1 or more, or above 0 to 100%",
                "run --exec                 | --exec: CMD is missing; allowed: a command for sh",
                "run --exec= x              | --exec '': CMD is empty",
                "run --input                | --input: FILE is missing; allowed: a file that can be read, or -",
                "run --input - x            | INPUT 'x' and --input '-'",
                "run --input /no/such/list  | --input '/no/such/list': no such file or folder",
                "run --null x               | --null is about the entries of a list",
                "run --resume x             | --resume is about the jobs of a job log: give --joblog FILE as well",
                "run --retry-failed x       | --retry-failed is about the jobs of a job log: give --joblog FILE as well",
                "run --joblog               | --joblog: FILE is missing; allowed: a new file in a folder that exists, or a",
                "run --timeout              | --timeout: DURATION is missing; allowed: 1ms to 365d",
                "run --workers 1 --workers 2 x | --workers more than once; allowed: once",
                "run --ordered --ordered x  | --ordered more than once; allowed: once",
                "run - -                    | INPUT '-' more than once: standard input can be read once; allowed: one -",
                "run --timeout 0 x          | '--timeout': '0'; allowed: 1ms to 365d, as in 500ms, 1.5s, 2m, 3h or 10 (seconds)",
                "run --timeout 0s x         | '--timeout': '0s'; allowed: 1ms to 365d",
                "run --timeout -1s x        | '--timeout': '-1s'; allowed: 1ms to 365d",
                "run --timeout 0.5ms x      | '--timeout': '0.5ms'; allowed: 1ms to 365d",
                "run --timeout 366d x       | '--timeout': '366d'; allowed: 1ms to 365d",
                "run --timeout 1w x         | '--timeout': '1w'; allowed: 1ms to 365d",
                "run --timeout= x           | '--timeout': ''; allowed: 1ms to 365d",
                "run --retries 0 x          | '--retries': '0'; allowed: 1 to 1000 attempts in all",
                "run --retries -1 x         | '--retries': '-1'; allowed: 1 to 1000 attempts in all",
                "run --retries many x       | '--retries': 'many'; allowed: 1 to 1000 attempts in all",
                "run --retries 1001 x       | '--retries': '1001'; allowed: 1 to 1000 attempts in all",
                "run --backoff 1s x         | --backoff is about the time between attempts: give --retries N as well",
                "run --retries 2 --backoff 0 x      | '--backoff': '0'; allowed: 1ms to 1d",
                "run --retries 2 --backoff -1s x    | '--backoff': '-1s'; allowed: 1ms to 1d",
                "run --retries 2 --backoff 2s..1s x | '--backoff': '2s..1s'; allowed: 1ms to 1d, as in 500ms or 2 (seconds), or",
                "run --retries 2 --backoff 1s..2d x | '--backoff': '1s..2d'; allowed: 1ms to 1d",
                "run --retries 2 --backoff 1s.. x   | '--backoff': '1s..'; allowed: 1ms to 1d",
                "run --rate 0 x             | '--rate': '0'; allowed: 0.001/s to 1000000000/s, as in 10 (a second), 10/s, 90/m",
                "run --rate -5 x            | '--rate': '-5'; allowed: 0.001/s to 1000000000/s",
                "run --rate 1/d x           | '--rate': '1/d'; allowed: 0.001/s to 1000000000/s",
                "run --rate 1/h x           | '--rate': '1/h'; allowed: 0.001/s to 1000000000/s",
                "run --rate fast x          | '--rate': 'fast'; allowed: 0.001/s to 1000000000/s",
                "run --halt maybe x         | '--halt': 'maybe'; allowed: never, or now or soon, a comma, and fail, success or",
                "run --halt now x           | '--halt': 'now'; allowed: never",
                "run --halt now,fail x      | '--halt': 'now,fail'; allowed: never",
                "run --halt now,fail=0 x    | '--halt': 'now,fail=0'; allowed: never",
                "run --halt soon,fail=0% x  | '--halt': 'soon,fail=0%'; allowed: never",
                "run --halt soon,done=101% x | '--halt': 'soon,done=101%'; allowed: never",
                "run --halt fail=1,now x    | '--halt': 'fail=1,now'; allowed: never",
                "run --halt now,fail=1 --halt never x | --halt more than once; allowed: once",
                "run --joblog= x            | --joblog '': an empty name; allowed: a new file in a folder that exists",
                "run --joblog - x           | --joblog '-': standard output is for results (a file is ./-); allowed: a new",
                "run --joblog / x           | --joblog '/': a folder; allowed: a new file in a folder that exists",
                "run --joblog /no/log x     | --joblog '/no/log': no such file or folder; allowed: a new file",
                "run --joblog /dev/null x   | --joblog '/dev/null': not a file that can be read again; allowed: a new",
                "xyz                        | 'xyz'; workpool --help lists what is allowed",
                "run --cluster nowhere x    | '--cluster': 'nowhere'; allowed: an address that nodes can reach, and a port",
                "run --cluster 127.0.0.1:0 x | '--cluster': '127.0.0.1:0'; allowed: an address",
                "run --cluster 127.0.0.1:65536 x | '--cluster': '127.0.0.1:65536'; allowed: an address",
                "run --cluster 0.0.0.0:25520 x | '--cluster': '0.0.0.0:25520': it stands for all addresses of a machine; allowed:",
                "run --cluster 192.0.2.1:25520 x | --cluster 192.0.2.1:25520 is not on this machine: give --bind HOST as well",
                "run --bind 127.0.0.1 x     | --bind is about a node of a cluster: give --cluster HOST:PORT as well",
                "run --bind 127.0.0.1:x x   | '--bind': '127.0.0.1:x'; allowed: an address of this machine",
                "run --cluster 127.0.0.1:1 - | INPUT '-' is not for --cluster: other nodes cannot read standard input",
                "run --cluster 127.0.0.1:1 --dry-run --exec echo x | --dry-run runs nothing, and so needs no --cluster",
                "run --cluster 127.0.0.1:1 --line-buffer --exec echo x | --line-buffer is not for --cluster: what a command",
                "run --cluster 127.0.0.1:1 --workers 50% x | --workers is how many jobs run at a time on all nodes, with --cluster",
                "run --cluster 127.0.0.1:1 --workers adaptive x | --workers is how many jobs run at a time on all nodes",
                "worker                     | nobody to work for: give --join HOST:PORT, the address of run --cluster",
                "worker --join              | --join: HOST:PORT is missing; allowed: an address that nodes can reach",
                "worker --join 127.0.0.1    | '--join': '127.0.0.1'; allowed: an address that nodes can reach, and a port",
                "worker --join 192.0.2.1:25520 | --join 192.0.2.1:25520 is not on this machine: give --bind HOST as well",
                "worker --join 127.0.0.1:1 -n adaptive | '-n': 'adaptive'; allowed: 1 to 100000, or 1% to 10000% of",
                "worker --join 127.0.0.1:1 -n 0 | '-n': '0'; allowed: 1 to 100000, or 1% to 10000% of",
                "worker --join 127.0.0.1:1 x | the argument 'x' is not expected; workpool worker --help lists what is allowed",
                "''                         | no COMMAND; allowed: run, tune, worker, queue, help",
                "tune --workers 4 x         | '--workers': '4'; allowed: two numbers from 1 to 100000, the lower first, as in 1..64",
                "tune --workers 4..4 x      | '--workers': '4..4'; allowed: two numbers",
                "tune --workers 0..4 x      | '--workers': '0..4'; allowed: two numbers",
                "tune --workers 8..4 x      | '--workers': '8..4'; allowed: two numbers",
                "tune --workers 1..100001 x | '--workers': '1..100001'; allowed: two numbers",
                "tune --workers             | --workers: LOW..HIGH is missing; allowed: two numbers",
                "tune --for 0.5s x          | '--for': '0.5s'; allowed: 1s to 1d, as in 30s, 2m or 90 (seconds)",
                "tune --for 2d x            | '--for': '2d'; allowed: 1s to 1d",
                "tune --for soon x          | '--for': 'soon'; allowed: 1s to 1d",
                "tune --for 1s --for 2s x   | --for more than once; allowed: once",
                "tune --report= x           | --report '': an empty name; allowed: a file in a folder that exists",
                "tune --report - x          | --report '-': standard output is for the table (a file is ./-); allowed: a file",
                "tune --report / x          | --report '/': a folder; allowed: a file in a folder that exists",
                "tune --report /no/x.html x | --report '/no/x.html': no such file or folder; allowed: a file",
                "tune --exec= x             | --exec '': CMD is empty",
                "tune --exec true --get x   | are mutually exclusive",
                "tune --input - x           | INPUT 'x' and --input '-'",
                "tune --input /no/list      | --input '/no/list': no such file or folder; allowed: a file that can be read",
                "tune --null x              | --null is about the entries of a list",
                "tune --halt never x        | Unknown option: '--halt'; workpool tune --help lists what is allowed",
                "tune -                     | INPUT '-': standard input can be read only once; allowed: files and folders",
            })
    void wrongUsageIsOneLineAndStatusTwo(String line, String expected) {
        Cli.Ran ran = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("workpool: ").contains(expected).hasLineCount(1);
    }

    @Test
    void aListThatIsAFolderIsWrongUsage(@TempDir Path folder) {
        Cli.Ran ran = Cli.run("run", "--input", folder.toString());
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains("a folder; allowed: a file that can be read, or -")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "--help, workpool",
        "run --help, --exec",
        "help run, Exit status",
        "tune --help, MANY TIMES",
        "help tune, Exit status",
        "worker --help, WHOEVER REACHES",
        "help worker, Exit status",
        "--version, workpool"
    })
    void helpGoesToStandardOutput(String line, String expected) {
        Cli.Ran ran = Cli.run(line.split(" "));
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains(expected);
        assertThat(ran.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "run, nothing to run: give INPUT…",
        "tune, nothing to tune with: give INPUT…",
        "run --null, nothing to run"
    })
    void whereNobodyWouldTypeThemInputsHaveToBeNamed(String line, String expected) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream unread = new SequenceInputStream(Collections.emptyEnumeration()) {
            @Override
            public int read(byte[] to, int from, int length) {
                throw new AssertionError("a terminal was read");
            }
        };
        PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
        Streams streams =
                new Streams(unread, new ByteArrayOutputStream(), print, true, false, false, false, new Stop());
        assertThat(Main.run(line.split(" "), streams)).isEqualTo(2);
        assertThat(Cli.decode(err)).contains(expected).hasLineCount(1);
    }

    @Test
    void anEmptyListIsNoError() {
        Cli.Ran ran = Cli.run("run", "--input", "-");
        assertThat(ran.status()).isZero();
        assertThat(ran.sum()).isEqualTo("workpool: 0 succeeded, 0 failed, 0 cancelled, 0 total");
    }

    @Test
    void everyOptionWithAValueSaysWhatIsAllowed() {
        Map<String, Object> commands = commands();
        commands.forEach((name, command) -> new CommandLine(command)
                .getCommandSpec().options().stream()
                        .filter(option -> option.arity().max() > 0)
                        .forEach(option -> {
                            String ours = UsageMessages.nameOf(option);
                            for (String each : option.names()) {
                                assertThat(Cli.run(name, each).err())
                                        .startsWith("workpool: " + each + ": ")
                                        .endsWith(" is missing; allowed: " + Allowed.after(ours, option.paramLabel())
                                                + "\n");
                            }
                        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "worker"})
    void thePageListsEveryOption(String command) throws IOException {
        String page = Files.readString(Path.of("src/docs/cli.md"));
        new CommandLine(commands().get(command))
                .getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .forEach(option -> {
                            for (String name : option.names()) {
                                assertThat(page).containsPattern("(?m)^\\|.*`" + name + "\\b.*\\|.*\\|.*\\|$");
                            }
                        });
    }

    private static Map<String, Object> commands() {
        SourceArguments none = SourceArguments.of(new String[0]);
        return Map.of(
                "run", new RunCommand(null, none),
                "tune", new TuneCommand(null, none),
                "worker", new WorkerCommand(null));
    }
}
