package dev.workpool.fuzz;

import java.time.Duration;

/**
 * How much is tried, by system properties. {@code -Dfuzz.minutes=60} runs for an hour; {@code -Dfuzz.seed=… -Dfuzz.rounds=1
 * -Dfuzz.repeats=100} plays one round a hundred times, since threads do not repeat themselves. {@code -Dfuzz.calm=true} leaves out the ends of
 * stacks, and {@code -Dfuzz.ignore=…} the kinds of findings that match a regular expression.
 *
 * @param seed of the first round; those after it count up
 * @param rounds how many at most; 0 for as many as there is time for
 * @param repeats how often each is played
 * @param time how long, if rounds is 0
 * @param lanes how many rounds are played at a time, each in an actor system of its own
 * @param failures with how many rounds that failed it gives up
 */
record FuzzOptions(long seed, int rounds, int repeats, Duration time, int lanes, int failures) {
    private static final Duration SHORT = Duration.ofSeconds(8);

    static boolean isCalm() {
        return Boolean.getBoolean("fuzz.calm");
    }

    static boolean isIgnored(String kind) {
        String ignored = System.getProperty("fuzz.ignore");
        return ignored != null && kind.matches(ignored);
    }

    static FuzzOptions read() {
        int minutes = Integer.getInteger("fuzz.minutes", 0);
        return new FuzzOptions(
                Long.getLong("fuzz.seed", System.nanoTime() >>> 8 << 8),
                Integer.getInteger("fuzz.rounds", 0),
                Integer.getInteger("fuzz.repeats", 1),
                minutes == 0 ? SHORT : Duration.ofMinutes(minutes),
                Integer.getInteger("fuzz.lanes", 2),
                Integer.getInteger("fuzz.failures", 1));
    }
}
