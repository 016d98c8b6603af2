package dev.workpool.settings;

/**
 * The number of workers of a pool, as its settings say.
 *
 * @param least the fewest
 * @param most the most; as many as the fewest unless the number is adaptive, or where the bounds are equal
 * @param adaptive whether the pool finds the number itself
 */
record WorkersSettings(int least, int most, boolean adaptive) {
    static final String WORKERS = "workers";
    static final String MIN_WORKERS = "adaptive.min-workers";
    static final String MAX_WORKERS = "adaptive.max-workers";

    private static final int MOST = 100_000;
    private static final String ALLOWED = "auto, adaptive, or 1 to 100000";
    private static final String ADAPTIVE = "adaptive";

    /** What adaptive pools need, and the artifact that has it. */
    private static final String LIMIT_CLASS = "com.netflix.concurrency.limits.limit.VegasLimit";

    private static final String LIMIT_ARTIFACT = "com.netflix.concurrency-limits:concurrency-limits-core";

    static WorkersSettings read(SettingsReader reader) {
        // The bounds are checked though the number may be fixed: a mistake does not wait for the day it is not.
        int least = reader.integer(MIN_WORKERS, 1, MOST, "1 to 100000");
        int most = reader.integer(MAX_WORKERS, least, MOST, MIN_WORKERS + " (" + least + ") to 100000");
        return switch (reader.string(WORKERS, ALLOWED)) {
            case "auto" -> fixed(Runtime.getRuntime().availableProcessors());
            case ADAPTIVE -> {
                checkLimitIsThere(reader);
                yield new WorkersSettings(least, most, true);
            }
            default -> fixed(reader.integer(WORKERS, 1, MOST, ALLOWED));
        };
    }

    private static WorkersSettings fixed(int workers) {
        return new WorkersSettings(workers, workers, false);
    }

    /** A reader of settings in which the number is adaptive. */
    static SettingsReader adaptive(SettingsReader reader, int least, int most) {
        return reader.with(WORKERS, ADAPTIVE).with(MIN_WORKERS, least).with(MAX_WORKERS, most);
    }

    /** Now, rather than with a {@link NoClassDefFoundError} in an actor. */
    private static void checkLimitIsThere(SettingsReader reader) {
        try {
            Class.forName(LIMIT_CLASS, false, WorkersSettings.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw reader.notAllowed(
                    WORKERS, "auto, or 1 to 100000; adaptive needs " + LIMIT_ARTIFACT + " on the class path", e);
        }
    }
}
