package dev.workpool.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.Cli;
import dev.workpool.cli.Leftover;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Tally;
import dev.workpool.support.PoolTest;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DisplayTest {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Display display = display(out);

    private Display display(OutputStream to) {
        Console console = new Console(new PrintStream(err, true, StandardCharsets.UTF_8), false);
        Sink sink = new Sink(to, () -> {});
        Report report = ending -> sink.write(ending.job().input().name() + "\n");
        return new Display(new Output(sink, console, report, Progress.NONE, false, new Stop()), () -> -1);
    }

    private static Ending ending(String name) {
        return new Ending(new Job(Input.of(name), 0), Ending.Kind.SUCCEEDED, null, "");
    }

    private static CompletableFuture<Boolean> awaitEnd(Display display, Duration patience) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return display.awaitEnd(patience);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static boolean get(CompletableFuture<Boolean> end) throws Exception {
        return end.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void whatIsShownIsWrittenOutThoughNothingFollows() throws Exception {
        CompletableFuture<Boolean> end = awaitEnd(display, FOR_EVER);
        for (String name : new String[] {"a", "b"}) {
            display.show(ending(name));
            Awaitility.await().atMost(PoolTest.LONG).until(() -> Cli.decode(out).endsWith(name + "\n"));
        }
        assertThat(end).isNotDone();
        display.show(ending("c"));
        display.end();
        assertThat(get(end)).isTrue();
        assertThat(display.finish().succeeded()).isEqualTo(3);
        assertThat(Cli.decode(out)).isEqualTo("a\nb\nc\n");
    }

    @Test
    void whereNewsDoNotComeItGivesUpAndShowsNoMore() throws Exception {
        display.show(ending("a"));
        display.hurry();
        assertThat(display.awaitEnd(Duration.ofMillis(50))).isFalse();
        display.giveUp(3);
        Leftover late = new Leftover();
        display.show(new Ending(new Job(Input.of("b"), 0), Ending.Kind.SUCCEEDED, late, ""));
        assertThat(late.isClosed()).isTrue();
        Tally tally = display.finish();
        assertThat(tally.sum(0)).isEqualTo("1 succeeded, 0 failed, 2 cancelled, 3 total in 0.000 s");
        assertThat(Cli.decode(out)).isEqualTo("a\n");
        assertThat(Cli.decode(err)).isEqualTo("workpool: 2 jobs were cancelled and have not ended\n");
    }

    @Test
    void whoeverShowsSomethingWaitsForAnOutputThatTakesNoMore() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Display blocked = display(new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                writing.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                out.write(bytes, from, length);
            }
        });
        CompletableFuture<Boolean> end = awaitEnd(blocked, FOR_EVER);
        blocked.show(ending("a"));
        writing.await();
        Thread shower = new Thread(() -> blocked.show(ending("b")));
        shower.start();
        Awaitility.await().atMost(PoolTest.LONG).until(() -> shower.getState() == Thread.State.BLOCKED);
        released.countDown();
        shower.join();
        blocked.end();
        assertThat(get(end)).isTrue();
        assertThat(blocked.finish().succeeded()).isEqualTo(2);
        assertThat(Cli.decode(out)).isEqualTo("a\nb\n");
    }
}
