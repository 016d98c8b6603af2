package dev.workpool.settings;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How jobs are put into a durable queue. Immutable and thread-safe; each {@code withX} returns a changed, checked copy.
 */
public final class EnqueueOptions {
    private static final EnqueueOptions DEFAULTS =
            new EnqueueOptions(Optional.empty(), 0, Optional.empty(), Duration.ZERO);
    private static final int LONGEST_KEY = 500;

    private final Optional<String> key;
    private final int priority;
    private final Optional<Instant> runAt;
    private final Duration delay;

    private EnqueueOptions(Optional<String> key, int priority, Optional<Instant> runAt, Duration delay) {
        this.key = key;
        this.priority = priority;
        this.runAt = runAt;
        this.delay = delay;
    }

    /**
     * Returns the options of jobs without a key, of priority 0, that are due at once.
     *
     * @return the defaults
     */
    public static EnqueueOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns the options of jobs that are enqueued once, however often that is tried.
     *
     * @param key see {@link #withKey}
     * @return options with a key
     */
    public static EnqueueOptions keyed(String key) {
        return DEFAULTS.withKey(key);
    }

    /**
     * Names what is enqueued. If something was enqueued under this key before, nothing is, and what was enqueued first is
     * returned. Keys are remembered as long as their batch, see {@link QueueSettings#withRetention}.
     *
     * @param name 1 to 500 characters, unique in the queue; no NUL and no half of a surrogate pair among them, which
     *     databases do not keep
     * @return changed options
     */
    public EnqueueOptions withKey(String name) {
        Objects.requireNonNull(name, "key");
        if (name.isEmpty() || name.length() > LONGEST_KEY || !isKept(name)) {
            throw new IllegalArgumentException("key of what is enqueued = "
                    + (name.length() > 60
                            ? "\"" + name.substring(0, 60) + "...\" of " + name.length() + " characters"
                            : "\"" + name.replace("\0", "\\0") + "\"")
                    + "; allowed: 1 to " + LONGEST_KEY
                    + " characters, none of them NUL or half of a surrogate pair");
        }
        return new EnqueueOptions(Optional.of(name), priority, runAt, delay);
    }

    /** Databases would keep half a surrogate pair as a question mark, so that two keys became one. */
    private static boolean isKept(String name) {
        return name.codePoints().noneMatch(each -> each == 0 || Character.getType(each) == Character.SURROGATE);
    }

    /**
     * Has jobs run before those of a smaller priority that are due. Jobs of a keyed queue run in the order in which they
     * were enqueued, whatever their priority.
     *
     * @param newPriority −1000 to 1000, 0 by default
     * @return changed options
     */
    public EnqueueOptions withPriority(int newPriority) {
        if (newPriority < -1_000 || newPriority > 1_000) {
            throw new IllegalArgumentException("priority = " + newPriority + "; allowed: -1000 to 1000");
        }
        return new EnqueueOptions(key, newPriority, runAt, delay);
    }

    /**
     * Has jobs run at a time or later, by the clock of the database. Replaces a delay.
     *
     * @param time any; one that has passed means at once
     * @return changed options
     */
    public EnqueueOptions withRunAt(Instant time) {
        Objects.requireNonNull(time, "run at");
        long years = Math.abs(time.getEpochSecond() / 31_557_600);
        if (years > 10_000) {
            throw new IllegalArgumentException("run at = " + time + "; allowed: within 10000 years");
        }
        return new EnqueueOptions(key, priority, Optional.of(time), Duration.ZERO);
    }

    /**
     * Has jobs run after a time, which begins when they are enqueued. Replaces a time.
     *
     * @param time 0 to 3650 days
     * @return changed options
     */
    public EnqueueOptions withDelay(Duration time) {
        Objects.requireNonNull(time, "delay");
        if (time.isNegative() || time.compareTo(Duration.ofDays(3_650)) > 0) {
            throw new IllegalArgumentException("delay = " + time + "; allowed: 0 to 3650 days");
        }
        return new EnqueueOptions(key, priority, Optional.empty(), time);
    }

    /** {@return the key; empty by default} */
    public Optional<String> key() {
        return key;
    }

    /** {@return the priority: 0 by default} */
    public int priority() {
        return priority;
    }

    /** {@return when the jobs are due; empty, by default, if after the delay} */
    public Optional<Instant> runAt() {
        return runAt;
    }

    /** {@return after how long they are due: 0 by default} */
    public Duration delay() {
        return delay;
    }

    @Override
    public String toString() {
        return "EnqueueOptions(" + key.map(name -> "key " + name + ", ").orElse("") + "priority " + priority
                + runAt.map(time -> ", run at " + time).orElse(delay.isZero() ? "" : ", delay " + delay) + ")";
    }
}
