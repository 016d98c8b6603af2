package dev.workpool.functional.durable;

import java.time.Duration;

/**
 * How long and how the soak runs, by system properties. {@code -Dsoak.minutes=60} runs for an hour; {@code
 * -Dsoak.seed=…} makes the same decisions again, if not at the same moments.
 *
 * @param seed of all decisions
 * @param time how long there are faults
 * @param workers how many processes work
 */
record SoakOptions(long seed, Duration time, int workers) {
    private static final Duration SHORT = Duration.ofSeconds(10);

    static SoakOptions read() {
        int minutes = Integer.getInteger("soak.minutes", 0);
        return new SoakOptions(
                Long.getLong("soak.seed", System.nanoTime() >>> 8 << 8),
                minutes == 0 ? SHORT : Duration.ofMinutes(minutes),
                Integer.getInteger("soak.workers", 3));
    }

    boolean isShort() {
        return time.equals(SHORT);
    }
}
