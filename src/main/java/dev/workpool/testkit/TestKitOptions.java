package dev.workpool.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How a {@link WorkerPoolTestKit} runs pools. Immutable; each {@code withX} returns changed options.
 *
 * @param mode where and when jobs run
 * @param seed decides the order in which things happen that could happen at the same time, and all else that is left to
 *     chance; empty for the order in which they came about. In real time it decides the delays alone.
 * @param delays how much later a handler is called than it might be, at most: by a chance that the seed decides; 0 for
 *     at once
 * @param patience how long {@link WorkerPoolTestKit#await} waits in real time; virtual time needs none
 * @param config comes before the application's own configuration, which is loaded as by any actor system
 */
public record TestKitOptions(
        WorkerPoolTestKit.Mode mode, OptionalLong seed, Duration delays, Duration patience, Config config) {
    private static final TestKitOptions DEFAULTS = new TestKitOptions(
            WorkerPoolTestKit.Mode.VIRTUAL,
            OptionalLong.empty(),
            Duration.ZERO,
            Duration.ofSeconds(10),
            ConfigFactory.empty());

    /**
     * Checks the options.
     *
     * @param mode not null
     * @param seed not null
     * @param delays 0 to 1 day
     * @param patience more than 0
     * @param config not null
     */
    public TestKitOptions {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(config, "config");
        if (delays.isNegative() || delays.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("delays = " + delays + "; allowed: 0 to 1 day");
        } else if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience = " + patience + "; allowed: more than 0");
        }
    }

    /**
     * The default options.
     *
     * @return virtual time, everything in the order in which it came about, no delays, a patience of 10 seconds
     */
    public static TestKitOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Changes where and when jobs run.
     *
     * @param newMode which way
     * @return changed options
     */
    public TestKitOptions withMode(WorkerPoolTestKit.Mode newMode) {
        return new TestKitOptions(newMode, seed, delays, patience, config);
    }

    /**
     * Has a seed decide the order of what could happen at the same time.
     *
     * @param newSeed any; the same one gives the same run
     * @return changed options
     */
    public TestKitOptions withSeed(long newSeed) {
        return new TestKitOptions(mode, OptionalLong.of(newSeed), delays, patience, config);
    }

    /**
     * Delays the calls of handlers.
     *
     * @param longest 0 to 1 day
     * @return changed options
     */
    public TestKitOptions withDelays(Duration longest) {
        return new TestKitOptions(mode, seed, longest, patience, config);
    }

    /**
     * Limits the time for which a test waits in real time.
     *
     * @param newPatience more than 0
     * @return changed options
     */
    public TestKitOptions withPatience(Duration newPatience) {
        return new TestKitOptions(mode, seed, delays, newPatience, config);
    }

    /**
     * Adds configuration of the actor system.
     *
     * @param newConfig comes before the application's
     * @return changed options
     */
    public TestKitOptions withConfig(Config newConfig) {
        return new TestKitOptions(mode, seed, delays, patience, newConfig);
    }
}
