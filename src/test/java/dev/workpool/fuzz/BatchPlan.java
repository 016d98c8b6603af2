package dev.workpool.fuzz;

import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** How a batch or a stream is to be run. */
final class BatchPlan {
    final int priority;
    final int weight;
    final Optional<RetryPolicy> retry;
    final Optional<Duration> jobTimeout;
    final Optional<Duration> timeout;
    final HaltPolicy halt;
    final boolean atRest;
    final String id;
    final int permits;
    final Duration delay;
    final Optional<Duration> hedge;

    private final Scenario scenario;

    BatchPlan(Scenario scenario, SplittableRandom random, boolean totalIsKnown) {
        this.scenario = scenario;
        priority = random.nextInt(3) - 1;
        weight = 1 + random.nextInt(3);
        retry = random.nextInt(3) == 0 ? Optional.of(Scenario.retry(random)) : Optional.empty();
        jobTimeout = random.nextInt(5) == 0 ? Optional.of(Scenario.millis(1, 15, random)) : Optional.empty();
        timeout = random.nextInt(6) == 0 ? Optional.of(Scenario.millis(1, 40, random)) : Optional.empty();
        halt = random.nextInt(3) == 0 ? Scenario.halt(random, totalIsKnown) : HaltPolicy.never();
        atRest = random.nextInt(6) == 0;
        id = "batch-" + random.nextInt(3);
        permits = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
        delay = totalIsKnown && random.nextInt(6) == 0 ? Scenario.millis(0, 15, random) : Duration.ZERO;
        hedge = totalIsKnown && random.nextInt(6) == 0 ? Optional.of(Scenario.millis(1, 5, random)) : Optional.empty();
    }

    private BatchPlan(Scenario scenario) {
        this.scenario = scenario;
        priority = 0;
        weight = 1;
        retry = Optional.of(RetryPolicy.never());
        jobTimeout = Optional.of(Duration.ofDays(1));
        timeout = Optional.empty();
        halt = HaltPolicy.never();
        atRest = false;
        id = "plain";
        permits = 1;
        delay = Duration.ZERO;
        hedge = Optional.empty();
    }

    /** With nothing that could end a job early. */
    static BatchPlan plain(Scenario scenario) {
        return new BatchPlan(scenario);
    }

    /** Without a consumer. */
    BatchOptions options() {
        BatchOptions options = BatchOptions.defaults()
                .withPriority(priority)
                .withWeight(weight)
                .withTimeoutsAtRest(atRest)
                .withName(id)
                .withPermits(permits)
                .withDelay(delay);
        options = hedge.isPresent() ? options.withHedge(hedge.get()) : options;
        options = retry.isPresent() ? options.withRetry(retry.get()) : options;
        options = jobTimeout.isPresent() ? options.withJobTimeout(jobTimeout.get()) : options;
        options = timeout.isPresent() ? options.withTimeout(timeout.get()) : options;
        return halt.equals(HaltPolicy.never()) ? options : options.withHalt(halt);
    }

    RetryPolicy retry() {
        return retry.orElse(scenario.retry);
    }

    boolean isTimed() {
        return timeout.isPresent() || jobTimeout.isPresent() || scenario.jobTimeout.isPresent();
    }

    boolean mayHalt() {
        return !halt.equals(HaltPolicy.never());
    }

    @Override
    public String toString() {
        return "retry " + retry().maxAttempts()
                + jobTimeout
                        .map(time -> ", job time-out " + time.toMillis() + " ms")
                        .orElse("")
                + timeout.map(time -> ", time-out " + time.toMillis() + " ms").orElse("")
                + (mayHalt() ? ", " + halt : "")
                + (atRest ? ", at rest" : "")
                + (permits > 1 ? ", " + permits + " permits" : "")
                + (delay.isZero() ? "" : ", delayed by " + delay.toMillis() + " ms")
                + hedge.map(each -> ", hedge " + each.toMillis() + " ms").orElse("");
    }
}
