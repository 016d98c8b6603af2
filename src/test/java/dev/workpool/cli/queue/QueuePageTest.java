package dev.workpool.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.cli.Main;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page shows what one sees: its session is run here, in two terminals, and compared with it but for what differs each time, such as
 * times. {@code -Dpages.write} writes what was seen into the page.
 *
 * <p>In a block, {@code one$} and {@code two$} begin commands of a terminal. Where the output ends with an ellipsis, the command goes on,
 * and a later block that begins with one shows what comes then; {@code ^C} there is Ctrl-C. A comment {@code <!-- run: … -->} is a command
 * that is not shown.
 */
class QueuePageTest {
    private static final Path PAGE = Path.of("src/docs/cli-queue.md");
    private static final boolean WRITES = System.getProperty("pages.write") != null;
    private static final Pattern PROMPT = Pattern.compile("(one|two)\\$ (.*)");
    private static final Pattern HIDDEN = Pattern.compile("<!-- run: (.*) -->");
    private static final String MORE = "…";
    private static final String CTRL_C = "^C";
    private static final String STORE = "jobs.db";

    /** The tests, of whichever store. */
    abstract static class Tests {
        @TempDir
        Path folder;

        /** What the commands of the page call {@code jobs.db}. */
        abstract String store();

        private final Map<String, Terminal> open = new LinkedHashMap<>();

        @Test
        @Timeout(300)
        void theSessionIsAsThePageShowsIt() throws Exception {
            install();
            List<String> page = Files.readAllLines(PAGE);
            List<String> seen = new ArrayList<>();
            try {
                int i = 0;
                while (i < page.size()) {
                    String line = page.get(i++);
                    seen.add(line);
                    if (HIDDEN.matcher(line).matches()) {
                        assertThat(new Terminal(HIDDEN.matcher(line).replaceFirst("$1")).end())
                                .isEmpty();
                    } else if (line.equals("```console session")) {
                        int end = page.subList(i, page.size()).indexOf("```") + i;
                        seen.addAll(runBlock(page.subList(i, end)));
                        i = end;
                    }
                }
            } finally {
                open.values().forEach(Terminal::kill);
            }
            if (WRITES) {
                Files.writeString(PAGE, String.join("\n", seen) + "\n");
            } else {
                assertThat(normal(seen)).isEqualTo(normal(page));
            }
        }

        private void install() throws IOException {
            Path bin = Files.createDirectory(folder.resolve(".bin"));
            String classPath = Stream.of((System.getProperty("java.class.path") + ":conf").split(":"))
                    .map(entry -> Path.of(entry).toAbsolutePath().toString())
                    .collect(Collectors.joining(":"));
            script(
                    bin.resolve("workpool"),
                    "exec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                            + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -XX:+IgnoreUnrecognizedVMOptions"
                            + " --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -cp '"
                            + classPath + "' " + Main.class.getName()
                            + " \"$@\"");
            for (String log : List.of("a.log", "b.log", "c.log")) {
                Files.writeString(folder.resolve(log), log);
            }
            script(folder.resolve("encode"), "until test -e .encoded; do sleep 0.05; done; echo \"$1 is encoded\"");
            script(folder.resolve("upload"), "test -e .server || exit 3; echo \"$1 is uploaded\"");
        }

        private static void script(Path file, String text) throws IOException {
            Files.writeString(file, "#!/bin/sh\n" + text + "\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }

        private List<String> runBlock(List<String> block) throws Exception {
            List<String> seen = new ArrayList<>();
            int i = 0;
            while (i < block.size()) {
                int end = i + 1;
                while (end < block.size() && !PROMPT.matcher(block.get(end)).matches()) {
                    end++;
                }
                List<String> expected = block.subList(i + 1, end);
                if (block.get(i).equals(MORE)) {
                    seen.add(MORE);
                    seen.addAll(goOn(open.values().iterator().next(), expected));
                } else {
                    seen.add(block.get(i));
                    seen.addAll(run(PROMPT.matcher(block.get(i)).replaceFirst("$2"), expected));
                }
                i = end;
            }
            return seen;
        }

        private List<String> run(String command, List<String> expected) throws Exception {
            if (expected.contains(MORE)) {
                Terminal terminal = new Terminal(command);
                open.put(command, terminal);
                return goOn(terminal, expected);
            }
            List<String> output = new Terminal(command).end();
            boolean isLook = command.contains(" status ") && !WRITES;
            // What a worker does meanwhile may take a moment.
            long untilNs = System.nanoTime() + PoolTest.LONG.toNanos();
            while (isLook && !normal(output).equals(normal(expected)) && System.nanoTime() - untilNs < 0) {
                output = new Terminal(command).end();
            }
            return output;
        }

        private List<String> goOn(Terminal terminal, List<String> expected) throws Exception {
            List<String> seen = new ArrayList<>();
            for (String line : expected) {
                if (line.equals(CTRL_C)) {
                    terminal.interrupt();
                    seen.add(CTRL_C);
                    seen.addAll(terminal.end());
                    open.values().remove(terminal);
                    return seen;
                } else if (line.equals(MORE)) {
                    seen.add(MORE);
                    return seen;
                }
                seen.add(terminal.next());
            }
            return seen;
        }

        /** A shell that runs one command, with what it shows on either stream. */
        private final class Terminal {
            private final Process process;
            private final List<String> lines = new CopyOnWriteArrayList<>();
            private final Thread reader;
            private int taken;

            Terminal(String command) throws IOException {
                ProcessBuilder builder = new ProcessBuilder(
                                "env",
                                "--default-signal=INT",
                                "sh",
                                "-c",
                                "exec " + command.replace(STORE, "'" + store() + "'"))
                        .directory(folder.toFile())
                        .redirectErrorStream(true);
                builder.environment().merge("PATH", folder.resolve(".bin").toString(), (path, bin) -> bin + ":" + path);
                process = builder.start();
                process.getOutputStream().close();
                reader = new Thread(this::read, "terminal");
                reader.start();
            }

            private void read() {
                try (BufferedReader in = process.inputReader()) {
                    in.lines().forEach(line -> lines.add(line.replace(store(), STORE)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            String next() {
                await().atMost(PoolTest.LONG).until(() -> lines.size() > taken || !reader.isAlive());
                assertThat(lines).hasSizeGreaterThan(taken);
                return lines.get(taken++);
            }

            List<String> end() throws InterruptedException {
                assertThat(process.waitFor(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                reader.join();
                return new ArrayList<>(lines.subList(taken, lines.size()));
            }

            void interrupt() throws IOException, InterruptedException {
                new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                        .start()
                        .waitFor();
            }

            void kill() {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.toHandle().destroyForcibly();
            }
        }
    }

    /** The lines without what differs each time, and without the widths of columns, which go by it. */
    private static List<String> normal(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                        .replaceAll("(?<=in |  )\\d+(\\.\\d+)? (s|ms|min)\\b", "SPAN")
                        .replaceAll("(?<=Seconds\":|PerSecond\":)[0-9.]+", "N")
                        .replaceAll("\"owner\":\"[^\"]*\"", "OWNER")
                        .replaceAll("\"host\":\"[^\"]*\",\"pid\":\\d+", "PROCESS")
                        .replaceAll("^\\S+ +\\d{2,} +(\\d+ +\\S+ +)", "PROCESS $1")
                        .replaceAll("  \\d+\\.\\d(?=$|  )", "  RATE")
                        .replaceAll(" +", " "))
                .toList();
    }

    @Nested
    class OnSqlite extends Tests {
        @Override
        String store() {
            return folder.resolve(STORE).toString();
        }
    }

    @Nested
    @NeedsPostgres
    class OnPostgres extends Tests {
        private String store;

        @Override
        String store() {
            if (store == null) {
                store = TestStores.postgres();
            }
            return store;
        }
    }
}
