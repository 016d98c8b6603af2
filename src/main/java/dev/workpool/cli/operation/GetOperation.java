package dev.workpool.cli.operation;

import akka.actor.typed.ActorSystem;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.JobFailure;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.text.Printable;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.tune.Tuner;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Fetches URLs asynchronously, and reports status, length and time. Bodies are counted and dropped. */
public final class GetOperation implements RemoteOperation {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_PORT = 65_535;

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    @Override
    public WorkerPool<Job, Result> start(ActorSystem<?> system, WorkerPoolSettings settings, Halting halting) {
        return WorkerPool.startAsync(system, settings, this::get);
    }

    @Override
    public Tuner<Job> tuner(Iterable<Job> jobs) {
        return Tuner.overAsync(jobs, this::get);
    }

    @Override
    public String asOption() {
        return "--get";
    }

    private CompletionStage<Result> get(Job job, JobContext context) throws Exception {
        Job.Attempt attempt = job.begin();
        HttpRequest request = request(attempt, job.input().name());
        CompletableFuture<HttpResponse<Long>> response = client.sendAsync(request, info -> new BodyCounter());
        // Cancelling a dependent stage would leave the exchange running: only this very future ends it.
        context.onCancel(() -> response.cancel(true));
        return response.handle((answer, error) -> {
            attempt.end();
            if (error != null) {
                throw new CompletionException(error);
            }
            try {
                return answered(attempt, context, answer);
            } catch (JobFailure e) {
                throw new CompletionException(e);
            }
        });
    }

    @Override
    public Result run(Job job, JobContext context) throws Exception {
        Job.Attempt attempt = job.begin();
        HttpRequest request = request(attempt, job.input().name());
        HttpResponse<Long> answer;
        try {
            answer = client.send(request, info -> new BodyCounter());
        } finally {
            attempt.end();
        }
        return answered(attempt, context, answer);
    }

    /** Gives no result: what a server answered is shown also if that is a failure. */
    private static Result answered(Job.Attempt attempt, JobContext context, HttpResponse<Long> answer)
            throws JobFailure {
        attempt.leave(new Answer(answer.statusCode(), answer.body(), TimeUnit.NANOSECONDS.toMillis(attempt.nanos())));
        if (RetryAfter.isMeantBy(answer.statusCode())) {
            context.slowDown(answer.headers()
                    .firstValue("Retry-After")
                    .map(header -> RetryAfter.of(header, Instant.now()))
                    .orElse(Duration.ZERO));
        }
        if (answer.statusCode() / 100 != 2) {
            throw new JobFailure("HTTP status " + answer.statusCode());
        }
        return null;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(GET);
    }

    @Override
    public void writeResult(DataOutput out, Result result) throws IOException {
        Answer answer = (Answer) result;
        out.writeInt(answer.status());
        out.writeLong(answer.bytes());
        out.writeLong(answer.millis());
    }

    @Override
    public Result readResult(DataInput in, Job job) throws IOException {
        return new Answer(in.readInt(), in.readLong(), in.readLong());
    }

    private static HttpRequest request(Job.Attempt attempt, String input) throws FinalFailure {
        try {
            return HttpRequest.newBuilder(url(input)).build();
        } catch (FinalFailure e) {
            attempt.end();
            throw e;
        } catch (IllegalArgumentException e) {
            attempt.end();
            throw new FinalFailure(e.getMessage());
        }
    }

    private static URI url(String input) throws FinalFailure {
        URI url;
        try {
            url = new URI(input);
        } catch (URISyntaxException e) {
            throw new FinalFailure("not a URL: " + e.getReason() + " at character " + (e.getIndex() + 1));
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new FinalFailure("not a URL that begins with http:// or https://");
        }
        if (url.getPort() > MAX_PORT) {
            throw new FinalFailure("a URL with a port out of range");
        }
        if (url.getHost() == null) {
            throw new FinalFailure("a URL without a host");
        }
        return url;
    }

    /** What a server answered. */
    private record Answer(int status, long bytes, long millis) implements Result {
        @Override
        public void writeText(String input, Sink out) throws IOException {
            out.write(status + "\t" + bytes + "\t" + millis + "\t" + Printable.of(input) + "\n");
        }

        @Override
        public void writeFields(JsonGenerator json) throws IOException {
            json.writeNumberField("status", status);
            json.writeNumberField("bytes", bytes);
            json.writeNumberField("millis", millis);
        }
    }
}
