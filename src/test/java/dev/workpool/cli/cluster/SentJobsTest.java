package dev.workpool.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import dev.workpool.cli.Cli;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.JobFailure;
import dev.workpool.cli.job.LateFailure;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.operation.ExecOperation;
import dev.workpool.cli.operation.GetOperation;
import dev.workpool.cli.operation.RemoteOperation;
import dev.workpool.cli.operation.Sha256Operation;
import dev.workpool.cli.operation.ShellCommand;
import dev.workpool.cli.text.NativePaths;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way of a job to a worker and of its report back, without the cluster between them. */
@Timeout(60)
class SentJobsTest {
    private final ReceivedJobs received = new ReceivedJobs(
            WorkerPoolSettings.create(ConfigFactory.load(), "run").withCancelGrace(Duration.ofMillis(50)));

    /** A worker whose job nobody cancels, unless it says so. */
    private record Context(boolean isCancelled) implements JobContext {
        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public Optional<Instant> deadline() {
            return Optional.empty();
        }

        @Override
        public int workerIndex() {
            return 6;
        }

        @Override
        public void onCancel(CancelAction action) {}

        @Override
        public void slowDown(Duration retryAfter) {}
    }

    private static RemoteOperation exec(String command, int values) {
        return new ExecOperation(new ShellCommand(command, "sh", values, ""), true);
    }

    private static SentJobs sent(RemoteOperation operation) {
        return new SentJobs(operation, Optional.empty());
    }

    private void travel(SentJobs sent, Job job) throws Exception {
        byte[] report = received.run(sent.jobs().encode(job), new Context(false));
        assertThat(sent.reports().decode(1, report)).isNull();
    }

    private static String text(Job job, Result result) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Sink sink = new Sink(out, () -> {});
        try (result) {
            result.writeText(job.input().name(), sink);
        }
        sink.flush();
        return Cli.decode(out);
    }

    @Test
    void whatACommandLeavesComesBack() throws Exception {
        Input input =
                Input.combined(List.of(Input.of("a\uDCFFb"), Input.of("é"))).withNumber(3);
        Job job = new Job(input, 7);
        travel(sent(exec("printf '%s\\n' {1} {2} {#} {%}", 2)), job);
        assertThat(job.attempts()).isEqualTo(1);
        assertThat(job.start()).isPositive();
        assertThat(job.nanos()).isPositive();
        Ending ending = Ending.of(job, new Outcome.Succeeded<>(null, 1));
        assertThat(ending.result().exitStatus()).isEqualTo(OptionalInt.of(0));
        String tag = input.text() + "\t";
        assertThat(text(job, ending.result())).isEqualTo(tag + "a\uDCFFb\n" + tag + "é\n" + tag + "3\n" + tag + "7\n");
    }

    @Test
    void aFailureIsOneOfThisProcessAndLeavesWhatWasWritten() {
        Job job = new Job(Input.of("x"), 0);
        assertThatThrownBy(() -> travel(sent(exec("echo before; exit 3; : {}", 1)), job))
                .isExactlyInstanceOf(JobFailure.class)
                .hasMessage("exit status 3");
        Ending ending = Ending.of(job, new Outcome.Failed<>(new JobFailure("exit status 3"), 1));
        assertThat(ending.result().exitStatus()).isEqualTo(OptionalInt.of(3));
        ending.close();
    }

    @Test
    void aFailureForGoodIsNotTriedAgain() {
        assertThatThrownBy(() -> travel(sent(new GetOperation()), new Job(Input.of("no url"), 0)))
                .isInstanceOf(FinalFailure.class)
                .hasMessageContaining("not a URL");
        assertThatThrownBy(() -> travel(sent(new GetOperation()), new Job(Input.unusable("x", "too long"), 0)))
                .isInstanceOf(FinalFailure.class)
                .hasMessage("too long");
    }

    @Test
    void whatAServerAnswersComesBack() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/bad") ? 500 : 200, 3);
            exchange.getResponseBody().write(new byte[3]);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            Job good = new Job(Input.of(url + "/good"), 0);
            travel(sent(new GetOperation()), good);
            assertThat(text(good, good.takeLeft())).matches("200\t3\t\\d+\thttp://.*/good\n");
            Job bad = new Job(Input.of(url + "/bad"), 1);
            assertThatThrownBy(() -> travel(sent(new GetOperation()), bad))
                    .isExactlyInstanceOf(JobFailure.class)
                    .hasMessage("HTTP status 500");
            assertThat(text(bad, bad.takeLeft())).startsWith("500\t3\t");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aCommandThatTimesOutLeavesWhatItHasWritten() throws Exception {
        SentJobs sent = new SentJobs(exec("echo before; sleep 60; : {}", 1), Optional.of(Duration.ofMillis(300)));
        Job job = new Job(Input.of("x"), 0);
        assertThatThrownBy(() -> travel(sent, job))
                .isInstanceOf(LateFailure.class)
                .hasMessage("timed out after 300 ms");
        assertThat(Thread.interrupted()).isFalse();
        assertThat(text(job, job.takeLeft())).isEqualTo("x\tbefore\n");
    }

    @Test
    void aFileIsFoundFromAnotherFolder(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(NativePaths.of(folder + "/\uDCFFabc"), "abc");
        Job job = new Job(Input.file("src/../pom.xml", Path.of("src/../pom.xml")), 0);
        travel(sent(new Sha256Operation(null)), job);
        assertThat(text(job, job.takeLeft())).endsWith("  src/../pom.xml\n");
        Job strange = new Job(Input.file(folder + "/\uDCFFabc", file), 1);
        travel(sent(new Sha256Operation(null)), strange);
        assertThat(text(strange, strange.takeLeft()))
                .startsWith("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  ");
    }

    @Test
    void whyAFileCannotBeReadIsTold(@TempDir Path folder) {
        Job job = new Job(Input.file(folder.toString(), folder), 0);
        assertThatThrownBy(() -> travel(sent(new Sha256Operation(null)), job))
                .isExactlyInstanceOf(JobFailure.class)
                .hasMessage("Is a directory");
    }

    @Test
    void whatIsCancelledHasNoReport() throws Exception {
        byte[] job = sent(exec("exit 1; : {}", 1)).jobs().encode(new Job(Input.of("x"), 0));
        assertThatThrownBy(() -> received.run(job, new Context(true))).isInstanceOf(JobFailure.class);
    }

    @Test
    void anAttemptThatIsReportedAfterItsJobWasOverIsDropped() throws Exception {
        SentJobs sent = sent(exec("echo {}", 1));
        Job job = new Job(Input.of("x"), 0);
        byte[] report = received.run(sent.jobs().encode(job), new Context(false));
        assertThat(job.takeLeft()).isNull();
        assertThatThrownBy(() -> sent.reports().decode(1, report)).isInstanceOf(CancellationException.class);
    }
}
