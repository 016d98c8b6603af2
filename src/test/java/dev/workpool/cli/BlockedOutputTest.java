package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A standard output that takes no more, for a while. */
@Timeout(60)
class BlockedOutputTest {
    private static final int JOBS = 400;

    /** Of commands, for few workers. */
    private static final int WINDOW = 100;

    @TempDir
    private Path folder;

    private final Numbers in = new Numbers();
    private final Gate out = new Gate();
    private final Stop stop = new Stop();

    /** A number a line, each read by itself. */
    private static final class Numbers extends InputStream {
        private final AtomicInteger read = new AtomicInteger();
        private volatile boolean isEndless;

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] to, int from, int length) {
            if (!isEndless && read.get() == JOBS) {
                return -1;
            }
            byte[] line = (read.incrementAndGet() + "\n").getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(line, 0, to, from, line.length);
            return line.length;
        }
    }

    /** Holds up the first that is written to it. */
    private static final class Gate extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch open = new CountDownLatch(1);

        /** How many lines are being written while this is closed. */
        private final CompletableFuture<Integer> held = new CompletableFuture<>();

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            held.complete((int) IntStream.range(offset, offset + length)
                    .filter(i -> from[i] == '\n')
                    .count());
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            bytes.write(from, offset, length);
        }
    }

    private CompletableFuture<Cli.Ran> run(String... order) {
        List<String> line = new ArrayList<>(List.of("run", "--workers", "2", "--input", "-"));
        line.addAll(List.of(order));
        line.addAll(List.of("--exec", "echo {} >> '" + folder + "/ran'; echo {}"));
        return CompletableFuture.supplyAsync(() -> Cli.run(in, out, stop, line.toArray(String[]::new)));
    }

    private static Cli.Ran get(CompletableFuture<Cli.Ran> run) throws Exception {
        return run.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private int ran() throws IOException {
        Path ran = folder.resolve("ran");
        return Files.exists(ran) ? Files.readAllLines(ran).size() : 0;
    }

    /**
     * Waits until all that has been read has run: with less than a window's worth that cannot be, since what is read is not held up by what runs.
     *
     * @return how many lines had been shown when the output was blocked
     */
    private int awaitStandstill() throws Exception {
        int shown = out.held.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        Awaitility.await().atMost(PoolTest.LONG).until(() -> {
            int read = in.read.get();
            return read >= WINDOW && ran() == read;
        });
        return shown;
    }

    @Test
    void onlySoManyInputsAreReadAsTheWindowAllows() throws Exception {
        for (String order : List.of("--ordered", "--progress=never")) {
            BlockedOutputTest each = new BlockedOutputTest();
            each.folder = Files.createDirectory(folder.resolve(order));
            CompletableFuture<Cli.Ran> run = each.run(order);
            int shown = each.awaitStandstill();
            assertThat(each.in.read.get()).isLessThanOrEqualTo(shown + WINDOW);
            assertThat(run).isNotDone();
            each.out.open.countDown();
            Cli.Ran ran = get(run);
            assertThat(ran.status()).isZero();
            assertThat(ran.sum()).isEqualTo("workpool: %d succeeded, 0 failed, 0 cancelled, %<d total".formatted(JOBS));
            assertThat(Cli.decode(each.out.bytes).lines())
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, JOBS)
                            .mapToObj(String::valueOf)
                            .toList());
        }
    }

    @Test
    void aStopWhileItIsBlockedEndsAnInputWithoutEndAndLosesNothing() throws Exception {
        in.isEndless = true;
        CompletableFuture<Cli.Ran> run = run("--ordered");
        awaitStandstill();
        int read = in.read.get();
        Thread stopping = new Thread(() -> stop.request(ExitStatus.ofSignal(2)));
        stopping.start();
        // By then jobs are cancelled, and it waits for the output.
        Awaitility.await().atMost(PoolTest.LONG).until(() -> stopping.getState() == Thread.State.BLOCKED);
        out.open.countDown();
        Cli.Ran ran = get(run);
        stopping.join();
        assertThat(ran.status()).isEqualTo(130);
        long succeeded = Cli.decode(out.bytes).lines().count();
        assertThat(succeeded).as("but for those that were about to end").isGreaterThanOrEqualTo(read - 2L);
        assertThat(ran.sum()).startsWith("workpool: " + succeeded + " succeeded, 0 failed, ");
    }
}
