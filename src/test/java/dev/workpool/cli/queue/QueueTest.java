package dev.workpool.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.cli.Cli;
import dev.workpool.cli.CliProcess;
import dev.workpool.cli.Main;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each command of {@code workpool queue} does, one after another, on either store. */
class QueueTest {

    /** The tests, of whichever store. */
    abstract static class Tests {
        @TempDir
        Path folder;

        private String store;

        abstract String createStore();

        @BeforeEach
        void create() {
            store = createStore();
        }

        private Cli.Ran queue(String command, String... more) {
            return Cli.run(line(command, more));
        }

        private String[] line(String command, String... more) {
            List<String> line = new ArrayList<>(List.of("queue", command, "--store", store));
            line.addAll(List.of(more));
            return line.toArray(String[]::new);
        }

        private Cli.Ran good(String command, String... more) {
            Cli.Ran ran = queue(command, more);
            assertThat(ran.status()).as(ran.err()).isZero();
            return ran;
        }

        private Cli.Ran work(String... more) {
            List<String> options = new ArrayList<>(List.of("--until-empty"));
            options.addAll(List.of(more));
            return queue("work", options.toArray(String[]::new));
        }

        @Test
        void whatWasAddedIsWorkedOff() {
            assertThat(good("add", "--exec", "echo {1}-{2}", ":::", "a", "b", ":::", "1", "2")
                            .out())
                    .isEqualTo("batch 1: added 4 jobs to queue 'default'\n");
            Cli.Ran ran = work("--workers", "2");
            assertThat(ran.status()).as(ran.err()).isZero();
            assertThat(ran.lines()).containsExactlyInAnyOrder("a-1", "a-2", "b-1", "b-2");
            assertThat(ran.sum()).isEqualTo("workpool: 4 succeeded, 0 failed, 0 cancelled, 4 total");
            assertThat(work().sum()).as("nothing is left").endsWith(" 0 total");
        }

        @Test
        void inputsAndReplacementStringsAreThoseOfRun() throws IOException {
            Path list = Files.writeString(folder.resolve("list"), "a b/c.txt\0x\ny\0");
            good("add", "--null", "--input", list.toString(), "--exec", "printf '%s|' {/.} {//} {#}; echo");
            assertThat(Cli.runWith("one,1\ntwo,2\n", line("add", "--colsep", ",", "--exec", "echo {2} {1}"))
                            .status())
                    .isZero();
            assertThat(work().lines()).containsExactlyInAnyOrder("c|a b|1|", "x", "y|.|2|", "1 one", "2 two");
        }

        @Test
        void bytesThatAreNoUtf8AreKept() throws IOException {
            Path list = folder.resolve("list");
            Files.write(list, new byte[] {'a', (byte) 0xff, '\n'});
            good("add", "--input", list.toString(), "--exec", "printf %s {} | od -An -tx1");
            assertThat(work().out().strip()).isEqualTo("61 ff");
        }

        @Test
        void theSameKeyAgainAddsNothing() {
            good("add", "--key", "k", "--exec", "echo {}", "a", "b");
            assertThat(good("add", "--key", "k", "--exec", "echo {}", "a", "b").out())
                    .isEqualTo("batch 1: added before by key 'k', with 2 jobs; nothing added\n");
            assertThat(good("add", "--key", "k", "--exec", "echo {}", "a", "b", "c")
                            .out())
                    .isEqualTo("batch 1: added before by key 'k', with 2 jobs; this list differs, with 3 jobs;"
                            + " nothing added\n");
            assertThat(work().lines()).containsExactlyInAnyOrder("a", "b");
        }

        @Test
        void anEmptyListAddsNothingAndLeavesItsKeyFree() {
            assertThat(Cli.runWith("", line("add", "--key", "k", "--exec", "echo {}")))
                    .isEqualTo(new Cli.Ran(0, "no inputs; nothing added\n", ""));
            assertThat(queue("cancel", "k").err()).contains("'k': no such batch or key in queue 'default'");
            assertThat(good("add", "--key", "k", "--exec", "echo {}", "a").out())
                    .isEqualTo("batch 1: added 1 job to queue 'default'\n");
            assertThat(work().out()).isEqualTo("a\n");
        }

        @Test
        void aLargerPriorityRunsFirstAndADelayIsWaitedFor() {
            long dueMs = System.currentTimeMillis() + 500;
            good("add", "--exec", "date +%s%3N # {}", "--delay", "500ms", "--priority", "1000", "late");
            good("add", "--exec", "echo {}", "--priority", "-5", "low");
            good("add", "--exec", "echo {}", "--priority", "5", "high");
            List<String> lines = work("--workers", "1").lines(); // "late" may be due before work begins
            assertThat(lines).hasSize(3).containsSubsequence("high", "low");
            assertThat(lines)
                    .filteredOn(line -> line.matches("[0-9]+"))
                    .singleElement()
                    .satisfies(began -> assertThat(Long.parseLong(began)).isGreaterThanOrEqualTo(dueMs));
        }

        @Test
        void queuesAreApart() {
            good("add", "--queue", "one", "--exec", "echo {}", "a");
            good("add", "--queue", "two", "--exec", "echo {}", "b");
            assertThat(work("--queue", "two").out()).isEqualTo("b\n");
            assertThat(queue("work", "--queue", "three", "--until-empty").err())
                    .isEqualTo("workpool: --queue 'three': no such queue in " + store + "; allowed: one, two\n");
            assertThat(good("status").out()).containsPattern("(?m)^one +1 ").containsPattern("(?m)^two +0 ");
            assertThat(good("status", "--queue", "two").out()).doesNotContainPattern("(?m)^one ");
            for (String command : List.of("dead", "pause", "resume", "cancel x", "requeue --all", "discard --all")) {
                List<String> words = new ArrayList<>(List.of(command.split(" ")));
                words.addAll(List.of("--queue", "three"));
                Cli.Ran ran = queue(words.get(0), words.subList(1, words.size()).toArray(String[]::new));
                assertThat(ran.status()).isEqualTo(2);
                assertThat(ran.err()).contains("no such queue in ").endsWith("; allowed: one, two\n");
            }
        }

        @Test
        void failuresAreTriedAgainAndBecomeDeadLetters() throws IOException {
            good("add", "--exec", "echo {} >> " + folder.resolve("ran") + "; exit {}", "0", "3", "3", "7");
            Path log = folder.resolve("log");
            Cli.Ran ran = work("--retries", "2", "--backoff", "10ms", "--joblog", log.toString());
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("workpool: 3: exit status 3, after 2 attempts\n")
                    .contains("1 succeeded, 3 failed, 0 cancelled, 4 total");
            assertThat(Files.readAllLines(folder.resolve("ran"))).hasSize(7);
            List<String> lines = Files.readAllLines(log);
            assertThat(lines).hasSize(5);
            assertThat(lines.stream()
                            .filter(line -> line.endsWith("exit {}\t7"))
                            .findFirst())
                    .hasValueSatisfying(line -> assertThat(line.split("\t")).contains("2", "failed", "7", "-"));

            assertThat(good("dead").out())
                    .matches("count +last +id +error\n +2  \\S+ +\\d  exit status 3\n +1  \\S+ +\\d  exit status 7\n");
            assertThat(good("dead", "--list", "--error", "status 7").lines())
                    .hasSize(2)
                    .element(1)
                    .asString()
                    .endsWith("  2  exit status 7  echo 7 >> " + folder.resolve("ran") + "; exit 7");
            String begin = "{\"store\":\"" + store + "\",\"queue\":\"default\",";
            assertThat(normal(good("dead", "--json").out()))
                    .isEqualTo(begin
                            + "\"groups\":[{\"count\":2,\"oldest\":TIME,\"newest\":TIME,\"id\":N,\"error\":\"exit status 3\"},"
                            + "{\"count\":1,\"oldest\":TIME,\"newest\":TIME,\"id\":N,\"error\":\"exit status 7\"}]}\n");
            assertThat(normal(good("dead", "--json", "--list", "--error", "status 7")
                            .out()))
                    .isEqualTo(begin + "\"jobs\":[{\"id\":N,\"batch\":1,\"failed\":TIME,\"attempts\":2,\"strikes\":0,"
                            + "\"error\":\"exit status 7\",\"input\":\"7\",\"command\":\"echo 7 >> "
                            + folder.resolve("ran") + "; exit 7\"}]}\n");
            assertThat(good("dead", "--json", "--error", "no such").out()).endsWith(",\"groups\":[]}\n");

            assertThat(good("requeue", "--error", "status 3", "--dry-run").out())
                    .isEqualTo("would requeue 2 dead letters of queue 'default' of " + store
                            + "; nothing was done: --dry-run\n");
            Cli.Ran unsure = queue("requeue", "--error", "status 3");
            assertThat(unsure.status()).isEqualTo(2);
            assertThat(unsure.err()).contains("would requeue 2 dead letters").contains("give --yes");
            assertThat(good("requeue", "--error", "status 3", "--yes").out())
                    .isEqualTo("requeued 2 dead letters as batch 2\n");
            assertThat(work().sum()).isEqualTo("workpool: 0 succeeded, 2 failed, 0 cancelled, 2 total");

            String id = id(good("dead", "--error", "status 7").out());
            assertThat(good("discard", id).out()).isEqualTo("discarded 1 dead letter\n");
            Cli.Ran again = queue("discard", id);
            assertThat(again.status()).isEqualTo(1);
            assertThat(again.err()).isEqualTo("workpool: ID " + id + ": no such dead letter in queue 'default'\n");
            assertThat(good("discard", "--all", "-y").out()).isEqualTo("discarded 2 dead letters\n");
            assertThat(good("dead").out()).isEqualTo("none\n");
            assertThat(good("requeue", "--all", "-y").out()).isEqualTo("requeued 0 dead letters\n");
        }

        private String normal(String json) {
            return json.replaceAll("\"[-0-9]+T[0-9:.]+Z\"", "TIME").replaceAll("\"id\":\\d+", "\"id\":N");
        }

        private String id(String dead) {
            Matcher id = Pattern.compile("Z +(\\d+) ").matcher(dead);
            assertThat(id.find()).isTrue();
            return id.group(1);
        }

        @Test
        void anAttemptThatTakesTooLongIsEnded() {
            good("add", "--exec", "echo begun; exec sleep {}", "60");
            Cli.Ran ran = work("--timeout", "200ms", "--tag");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("workpool: 60: timed out after 200 ms\n")
                    .contains("1 timed out");
            assertThat(ran.out()).isEqualTo("60\tbegun\n");
            assertThat(good("dead").out()).containsPattern("1  \\S+  +\\d+  the job took longer than ");
        }

        @Test
        void outputAsJsonHasALineForEachJob() {
            good("add", "--exec", "echo {}; test {} != b", "a", "b");
            Cli.Ran ran = work("--format", "ndjson", "--workers", "1");
            assertThat(ran.lines()).hasSize(2);
            assertThat(ran.lines().get(0))
                    .startsWith("{\"input\":\"a\",\"outcome\":\"succeeded\",\"status\":0,\"stdout\":\"a\\n\"");
            assertThat(ran.lines().get(1)).startsWith("{\"input\":\"b\",\"outcome\":\"failed\",\"status\":1,");
        }

        @Test
        void theStatusIsThereForProgramsToo() {
            assertThat(good("add", "--exec", "echo {}", "--delay", "1d", "a", "b")
                            .status())
                    .isZero();
            good("pause");
            assertThat(good("status").out()).isEqualTo("""
                            queue    waiting  scheduled  held  dead  oldest due  in/s  out/s
                            default        0          2     0     0           -   0.0    0.0  paused
                            """);
            assertThat(good("status", "--json").out())
                    .isEqualTo("{\"store\":\"" + store
                            + "\",\"queues\":[{\"queue\":\"default\",\"paused\":true,\"depth\":2,"
                            + "\"waiting\":0,\"scheduled\":2,\"held\":0,\"dead\":0,\"oldestDueSeconds\":0.000,"
                            + "\"inPerSecond\":0.000,\"outPerSecond\":0.000,\"codecs\":[\"workpool-command\"],"
                            + "\"holders\":[]}]}\n");
            assertThat(good("pause").out()).isEqualTo("queue 'default' is paused already\n");
            assertThat(good("resume").out()).isEqualTo("resumed queue 'default'\n");
            assertThat(good("resume").out()).isEqualTo("queue 'default' is not paused\n");
            assertThat(good("status").out()).doesNotContain("paused");
        }

        @Test
        void workUntilAPausedQueueIsEmptyWaitsAndSaysSo() throws Exception {
            good("add", "--exec", "echo {}", "a");
            good("pause");
            Stop stop = new Stop();
            PipedInputStream said = new PipedInputStream();
            try (PrintStream err = new PrintStream(new PipedOutputStream(said), true, StandardCharsets.UTF_8);
                    BufferedReader lines = new BufferedReader(new InputStreamReader(said, StandardCharsets.UTF_8))) {
                Streams streams = new Streams(
                        InputStream.nullInputStream(),
                        new ByteArrayOutputStream(),
                        err,
                        false,
                        false,
                        false,
                        false,
                        stop);
                CompletableFuture<Integer> work = CompletableFuture.supplyAsync(
                        () -> Main.run(line("work", "--until-empty"), streams), CliProcess::onThread);
                assertThat(lines.readLine()).startsWith("workpool: working on queue 'default'");
                assertThat(lines.readLine())
                        .isEqualTo("workpool: queue 'default' is paused; workpool queue resume has it go on, and"
                                + " --until-empty waits for that");
                stop.request(143);
                assertThat(PoolTest.get(work)).isEqualTo(143);
            }
        }

        @Test
        void aBatchIsCancelledByItsNumberOrItsKey() {
            good("add", "--exec", "echo {}", "--delay", "1d", "a", "b");
            good("add", "--exec", "echo {}", "--delay", "1d", "--key", "k", "c");
            assertThat(good("cancel", "1").out()).isEqualTo("batch 1: cancelled; 0 of 2 jobs had ended before\n");
            assertThat(good("cancel", "k").out()).isEqualTo("batch 2: cancelled; 0 of 1 job had ended before\n");
            assertThat(good("cancel", "k").out())
                    .isEqualTo("batch 2: was cancelled before; 0 of 1 job had ended; nothing to cancel\n");
            good("add", "--exec", "echo {}", "d", "e");
            assertThat(work().lines()).containsExactlyInAnyOrder("d", "e");
            assertThat(good("cancel", "3").out()).isEqualTo("batch 3: had ended before; nothing to cancel\n");
            assertThat(queue("cancel", "k2").err()).contains("'k2': no such batch or key in queue 'default'");
            assertThat(work().sum()).endsWith(" 0 total");
        }

        @Test
        void aWatchGoesOnUntilItIsToldToEnd() throws Exception {
            good("add", "--exec", "echo {}", "--delay", "1d", "a");
            Stop stop = new Stop();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CompletableFuture<Cli.Ran> watch = CompletableFuture.supplyAsync(
                    () -> Cli.run(InputStream.nullInputStream(), out, stop, line("status", "--watch", "--json")),
                    CliProcess::onThread);
            await().atMost(PoolTest.LONG).until(() -> Cli.decode(out).lines().count() >= 2);
            stop.request(130);
            assertThat(PoolTest.get(watch).status()).isEqualTo(130);
            assertThat(Cli.decode(out).lines()).allMatch(line -> line.contains("\"scheduled\":1"));
        }

        @Test
        void jobsOfAProgramAreLeftToIt() throws Exception {
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "program");
            try (JobStore program = program(store)) {
                DurableQueue<String> emails = DurableQueue.open(system, program, "emails", JobCodec.strings());
                PoolTest.get(emails.enqueueAll(List.of("a", "b")));
            } finally {
                system.terminate();
            }
            String expected = "--queue 'emails': its jobs are those of a program, of codec "
                    + JobCodec.strings().name() + "; allowed: a queue of commands, or a new one";
            assertThat(work("--queue", "emails").err()).contains(expected);
            assertThat(queue("add", "--queue", "emails", "--exec", "echo {}", "c")
                            .err())
                    .contains(expected);
            assertThat(good("status").out()).containsPattern("emails +2 ");
            good("pause", "--queue", "emails");
            assertThat(good("cancel", "--queue", "emails", "1").out()).contains("0 of 2 jobs had ended before");
        }

        abstract JobStore program(String name);

        @Test
        void aListThatCannotBeReadToItsEndAddsNothing() throws IOException {
            Cli.Ran ran = queue("add", "--input", folder.resolve("none").toString(), "--exec", "echo {}");
            assertThat(ran.status()).isEqualTo(2);
            assertThat(ran.err()).contains("no such file or folder");
        }

        @Test
        void manyInputsAreOneBatch() {
            String[] inputs =
                    IntStream.range(0, 3_000).mapToObj(String::valueOf).toArray(String[]::new);
            List<String> options = new ArrayList<>(List.of("--exec", ": {}"));
            options.addAll(List.of(inputs));
            assertThat(good("add", options.toArray(String[]::new)).out()).contains("added 3000 jobs");
            assertThat(good("status").out()).containsPattern("default +3000 ");
        }
    }

    @Nested
    @Timeout(120)
    class OnSqlite extends Tests {
        @Override
        String createStore() {
            return TestStores.sqlite(folder);
        }

        @Override
        JobStore program(String name) {
            return JobStore.sqlite(Path.of(name));
        }
    }

    @Nested
    @NeedsPostgres
    @Timeout(120)
    class OnPostgres extends Tests {
        @Override
        String createStore() {
            return TestStores.postgres();
        }

        @Override
        JobStore program(String name) {
            return JobStore.postgres(name, "postgres", "");
        }
    }

    @Test
    void theNamesOfDurationsFitATable() {
        assertThat(List.of(
                        Table.age(Duration.ofMillis(999)),
                        Table.age(Duration.ofMillis(3_250)),
                        Table.age(Duration.ofMinutes(99)),
                        Table.age(Duration.ofHours(47)),
                        Table.age(Duration.ofDays(3))))
                .containsExactly("999 ms", "3.3 s", "99 min", "47 h", "3 d");
    }
}
