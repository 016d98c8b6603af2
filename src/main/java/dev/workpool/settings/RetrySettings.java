package dev.workpool.settings;

import java.time.Duration;
import java.util.List;

/** Reads a {@link RetryPolicy} from a pool's settings. */
final class RetrySettings {
    static final String MAX_ATTEMPTS = "retry.max-attempts";
    static final String BACKOFF = "retry.backoff";
    static final String MAX_BACKOFF = "retry.max-backoff";
    static final String JITTER = "retry.jitter";
    static final String TIMEOUTS = "retry.timeouts";
    static final String RETRY_ON = "retry.on";
    static final String ABORT_ON = "retry.abort-on";

    private static final String ALLOWED_DURATION = "0 to 1 day";
    private static final String ALLOWED_CLASSES = "a list of names of classes that can be thrown";

    private RetrySettings() {}

    static RetryPolicy read(SettingsReader reader) {
        Duration backoff = reader.duration(BACKOFF, Duration.ZERO, Duration.ofDays(1), ALLOWED_DURATION);
        Duration cap = reader.duration(
                MAX_BACKOFF, backoff, Duration.ofDays(1), "retry.backoff (" + backoff.toMillis() + " ms) to 1 day");
        return RetryPolicy.attempts(reader.integer(MAX_ATTEMPTS, 1, 1_000, "1 to 1000"))
                .withExponentialBackoff(backoff, cap)
                .withJitter(reader.bool(JITTER))
                .withTimeouts(reader.bool(TIMEOUTS))
                .retryOn(classes(reader, RETRY_ON))
                .abortOn(classes(reader, ABORT_ON));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static Class<? extends Throwable>[] classes(SettingsReader reader, String key) {
        List<String> names = reader.strings(key, ALLOWED_CLASSES);
        Class<? extends Throwable>[] classes = new Class[names.size()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = throwable(reader, key, names.get(i));
        }
        return classes;
    }

    private static Class<? extends Throwable> throwable(SettingsReader reader, String key, String name) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            ClassLoader loader = context == null ? RetrySettings.class.getClassLoader() : context;
            return Class.forName(name, false, loader).asSubclass(Throwable.class);
        } catch (ClassNotFoundException | LinkageError | ClassCastException e) {
            throw reader.notAllowed(key, ALLOWED_CLASSES + ", which " + name + " is not", e);
        }
    }
}
