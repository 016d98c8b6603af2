package dev.workpool.fuzz;

import akka.actor.typed.ActorSystem;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** All that is decided about a round before it begins, from one seed. */
final class Scenario {
    /** What kind of pool it is. */
    enum Kind {
        SIMPLE,
        BLOCKING,
        VIRTUAL,
        ASYNC,
        /** A blocking one that is an actor, to which only commands go. */
        ACTOR,
        ASYNC_ACTOR;

        boolean isAsync() {
            return this == ASYNC || this == ASYNC_ACTOR;
        }

        boolean isActor() {
            return this == ACTOR || this == ASYNC_ACTOR;
        }
    }

    private static final int MOST_WORKERS = 6;
    static final int MOST_ATTEMPTS = 4;

    /** For what is not to happen by time. */
    private static final Duration LONG = Duration.ofMinutes(10);

    final long seed;
    final Kind kind;
    final Ending ending;
    final Set<Trait> traits;
    final int workers;
    final boolean adaptive;

    /** How many of a thousand jobs do something unusual. */
    final int hostility;

    final Optional<WhenFull> whenFull;
    final int capacity;
    final Optional<Duration> jobTimeout;
    final RetryPolicy retry;
    final boolean hasRetryBudget;
    final Optional<RateLimit> rate;
    final Duration grace;
    final int maxAbandoned;
    final Duration closeTimeout;
    final boolean coordinated;
    final int chunkMaxJobs;
    final int steps;

    /** @param calm for rounds that only warm up: nothing near the end of a stack, where classes must not be loaded for the first time */
    Scenario(long seed, boolean calm) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        kind = kind(random);
        ending = ending(random);
        whenFull = random.nextInt(5) < 2
                ? Optional.of(List.of(WhenFull.values()).get(random.nextInt(WhenFull.values().length)))
                : Optional.empty();
        capacity = 1 + random.nextInt(random.nextBoolean() ? 8 : 500);
        jobTimeout = random.nextInt(3) == 0 ? Optional.of(millis(1, 20, random)) : Optional.empty();
        retry = random.nextInt(3) == 0 ? RetryPolicy.never() : retry(random);
        hasRetryBudget = random.nextInt(6) == 0;
        rate = random.nextInt(5) == 0 ? Optional.of(rate(random)) : Optional.empty();
        traits = traits(random);
        if (calm || FuzzOptions.isCalm()) {
            traits.remove(Trait.DEEP);
        }
        workers = 1 + random.nextInt(random.nextInt(8) == 0 ? 40 : MOST_WORKERS);
        adaptive = random.nextInt(12) == 0;
        hostility = new int[] {5, 50, 300, 800}[random.nextInt(4)];
        grace = traits.contains(Trait.STUBBORN) ? millis(0, 4, random) : LONG;
        maxAbandoned = random.nextInt(4);
        closeTimeout = ending == Ending.CLOSE_PATIENTLY ? LONG : millis(0, 25, random);
        coordinated = random.nextInt(3) > 0;
        chunkMaxJobs = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 32_768;
        steps = 3 + random.nextInt(22);
    }

    private static Kind kind(SplittableRandom random) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        return kind == Kind.VIRTUAL && Runtime.version().feature() < 21 ? Kind.BLOCKING : kind;
    }

    /** Those that end the system cost a new one, so they come seldom. */
    private Ending ending(SplittableRandom random) {
        Ending wanted = List.of(Ending.values()).get(random.nextInt(Ending.values().length));
        if (wanted.endsSystem && random.nextInt(3) > 0) {
            return Ending.DRAIN;
        }
        boolean closes = wanted.name().contains("CLOSE");
        return closes && kind.isActor() ? Ending.DRAIN_AND_ABORT : wanted;
    }

    private Set<Trait> traits(SplittableRandom random) {
        int likely = new int[] {1, 3, 6}[random.nextInt(3)];
        Set<Trait> chosen = EnumSet.noneOf(Trait.class);
        for (Trait trait : Trait.values()) {
            if (random.nextInt(12) < likely) {
                chosen.add(trait);
            }
        }
        if (whenFull.equals(Optional.of(WhenFull.BLOCK)) && !kind.isActor()) {
            // Who submits waits as long as nothing runs, so nothing may hang for ever.
            if (jobTimeout.isEmpty()) {
                chosen.remove(Trait.HANGS);
            }
            if (kind.isAsync()) { // which is not noticed, as the documents say
                chosen.remove(Trait.NESTS);
                chosen.remove(Trait.DEEP);
            }
        }
        return chosen;
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    boolean blocks() {
        return whenFull.equals(Optional.of(WhenFull.BLOCK));
    }

    boolean callersRun() {
        return whenFull.equals(Optional.of(WhenFull.CALLER_RUNS));
    }

    boolean drops() {
        return whenFull.equals(Optional.of(WhenFull.DROP_OLDEST));
    }

    static Duration millis(int from, int to, SplittableRandom random) {
        return Duration.ofMillis(from + random.nextInt(to - from + 1));
    }

    static RateLimit rate(SplittableRandom random) {
        return new RateLimit(2_000 + random.nextInt(100_000), 1 + random.nextInt(50));
    }

    static RetryPolicy retry(SplittableRandom random) {
        RetryPolicy policy = RetryPolicy.attempts(1 + random.nextInt(MOST_ATTEMPTS))
                .withExponentialBackoff(Duration.ofNanos(random.nextInt(2_000_000)), Duration.ofMillis(4))
                .withTimeouts(random.nextBoolean());
        return switch (random.nextInt(4)) {
            case 3 -> policy.retryIf(Scenario::isRetried);
            case 0 -> policy.retryOn(IOException.class, LinkageError.class);
            case 1 -> policy.retryOn(Throwable.class).abortOn(IllegalStateException.class);
            default -> policy;
        };
    }

    /** Some errors are not to be asked; then they stand. */
    private static boolean isRetried(Throwable error, int attempt) {
        if (Where.onControl() || error instanceof LinkageError) {
            throw new IllegalArgumentException("a condition that throws, for the test");
        }
        return error instanceof IOException || attempt == 2;
    }

    /** One that may end a batch early, or never. */
    static HaltPolicy halt(SplittableRandom random, boolean totalIsKnown) {
        HaltPolicy policy = random.nextBoolean() ? HaltPolicy.now() : HaltPolicy.soon();
        return switch (random.nextInt(totalIsKnown ? 9 : 8)) {
            case 0 -> policy.failed(1 + random.nextInt(20));
            case 1 -> policy.succeeded(1 + random.nextInt(50));
            case 8 -> policy.done(3).failedPercent(50);
            default -> HaltPolicy.never();
        };
    }

    WorkerPoolSettings settings(ActorSystem<?> system, String name, ContextPropagator<?> propagator) {
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, name)
                .withWorkers(workers)
                .withMaxAbandoned(maxAbandoned)
                .withCancelGrace(grace)
                .withCloseTimeout(closeTimeout)
                .withCoordinatedShutdown(coordinated)
                .withChunkMaxJobs(chunkMaxJobs)
                .withMaxSlowDown(Duration.ofMillis(5))
                .withRetry(retry);
        settings = adaptive ? settings.withAdaptiveWorkers(1, workers) : settings;
        settings = kind == Kind.VIRTUAL ? settings.withVirtualThreads(true) : settings;
        settings = hasRetryBudget ? settings.withRetryBudget(0.5, 5) : settings;
        settings = has(Trait.CONTEXTS) ? settings.withContextPropagators(propagator) : settings;
        settings = jobTimeout.isPresent() ? settings.withJobTimeout(jobTimeout.get()) : settings;
        settings = rate.isPresent() ? settings.withRateLimit(rate.get()) : settings;
        return whenFull.isPresent() ? settings.withQueueCapacity(capacity, whenFull.get()) : settings;
    }

    @Override
    public String toString() {
        return "%s with %d workers%s, %s, hostility %d, %d steps%s%s, retry %d%s%s, grace %d ms, max abandoned %d, close %d ms%s, chunk %d, %s"
                .formatted(
                        kind,
                        workers,
                        adaptive ? " (adaptive)" : "",
                        ending,
                        hostility,
                        steps,
                        whenFull.map(policy -> ", " + policy.name().toLowerCase(Locale.ROOT) + " at " + capacity)
                                .orElse(""),
                        jobTimeout
                                .map(time -> ", job time-out " + time.toMillis() + " ms")
                                .orElse(""),
                        retry.maxAttempts(),
                        hasRetryBudget ? " (budget)" : "",
                        rate.map(limit -> ", rate " + limit.perSecond()).orElse(""),
                        grace.toMillis(),
                        maxAbandoned,
                        closeTimeout.toMillis(),
                        coordinated ? ", coordinated" : "",
                        chunkMaxJobs,
                        traits);
    }
}
