package dev.workpool.cli.options;

import dev.workpool.cli.job.FinalFailure;
import dev.workpool.cli.job.Halt;
import dev.workpool.cli.job.LateFailure;
import dev.workpool.cli.text.UsageException;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options about how long, how often and how fast jobs are tried, and when the run gives up. */
public final class PolicyOptions {
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

    @Option(
            names = "--rate",
            paramLabel = "N[/s|/m|/h]",
            converter = PolicyConverters.Rate.class,
            description = "How many attempts begin in a second, minute or hour at most.")
    private RateLimit rate;

    @Option(
            names = "--halt",
            paramLabel = "CONDITION",
            converter = PolicyConverters.HaltCondition.class,
            description =
                    "End the run early: now|soon,fail|success|done=N|N%%. now cancels what runs, soon lets it finish. "
                            + "Default: never.")
    private Halt halt = Halt.NEVER;

    /** Checks what the options demand of each other. */
    public void check() throws UsageException {
        if (backoff != null && retries == null) {
            throw new UsageException("--backoff is about the time between attempts: give --retries N as well");
        }
    }

    /** The pool's settings with what the options say; where they say nothing, the configuration does. */
    public WorkerPoolSettings applyTo(WorkerPoolSettings settings) {
        WorkerPoolSettings changed = settings.withRetry(retry(settings.retry()));
        changed = timeout == null ? changed : changed.withJobTimeout(timeout);
        return rate == null ? changed : changed.withRateLimit(rate);
    }

    public Halt halt() {
        return halt;
    }

    private RetryPolicy retry(RetryPolicy configured) {
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
