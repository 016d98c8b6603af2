package dev.workpool.cli.options;

import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.LateFailure;
import dev.workpool.cli.text.UsageException;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options about how long and how often jobs are tried. */
public final class AttemptOptions {
    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = PolicyConverters.Timeout.class,
            description =
                    "How long an attempt at a job may take: 500ms, 30s, 2m, 3h, or a number of seconds. Then it is "
                            + "ended as Ctrl-C would.")
    private Duration timeout;

    @Option(
            names = "--retries",
            paramLabel = "N",
            converter = PolicyConverters.Retries.class,
            description =
                    "Try a job that fails or times out up to N times in all: 1 to 1000. Default: 1. Only the last "
                            + "attempt shows.")
    private Integer retries;

    @Option(
            names = "--backoff",
            paramLabel = "DURATION[..DURATION]",
            converter = PolicyConverters.BackoffRange.class,
            description = "How long a job waits between attempts. One duration: that. Two: it doubles from one to the "
                    + "other, and is drawn from 0 to that. Default: 100ms..10s.")
    private Backoff backoff;

    /** Checks what the options demand of each other. */
    public void check() throws UsageException {
        if (backoff != null && retries == null) {
            throw new UsageException("--backoff is about the time between attempts: give --retries N as well");
        }
    }

    /** The pool's settings with the time that an attempt may take. */
    public WorkerPoolSettings applyTo(WorkerPoolSettings settings) {
        return timeout == null ? settings : settings.withJobTimeout(timeout);
    }

    /** How often jobs are tried; where the options say nothing, as it is configured. */
    public RetryPolicy retry(RetryPolicy configured) {
        boolean timeouts = retries != null || configured.timeouts();
        RetryPolicy policy = RetryPolicy.attempts(retries == null ? configured.maxAttempts() : retries)
                .withExponentialBackoff(configured.backoff(), configured.backoffCap())
                .withJitter(configured.jitter())
                .withTimeouts(timeouts)
                .retryOn(classes(configured.retriedErrors().stream()))
                .abortOn(classes(Stream.concat(
                        configured.abortingErrors().stream(),
                        timeouts
                                ? Stream.of(FinalFailure.class, CancellationException.class)
                                : Stream.of(FinalFailure.class, CancellationException.class, LateFailure.class))));
        return backoff == null ? policy : backoff.applyTo(policy);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static Class<? extends Throwable>[] classes(Stream<? extends Class<? extends Throwable>> errors) {
        return errors.collect(Collectors.toSet()).toArray(Class[]::new);
    }
}
