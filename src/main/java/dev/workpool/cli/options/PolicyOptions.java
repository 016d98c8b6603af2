package dev.workpool.cli.options;

import dev.workpool.cli.job.Halt;
import dev.workpool.cli.text.UsageException;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WorkerPoolSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options about how long, how often and how fast jobs are tried, and when the run gives up. */
public final class PolicyOptions {
    @Mixin
    private AttemptOptions attempts = new AttemptOptions();

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
        attempts.check();
    }

    /** The pool's settings with what the options say; where they say nothing, the configuration does. */
    public WorkerPoolSettings applyTo(WorkerPoolSettings settings) {
        WorkerPoolSettings changed = attempts.applyTo(settings).withRetry(attempts.retry(settings.retry()));
        return rate == null ? changed : changed.withRateLimit(rate);
    }

    public Halt halt() {
        return halt;
    }
}
