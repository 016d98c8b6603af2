package dev.workpool.actor;

import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.function.LongSupplier;

/** One timer of an actor, for the earliest of all that is due. Of the actor's thread. */
final class Alarm {
    static final long NEVER = Long.MAX_VALUE;

    /** Akka's timers do not take every delay; after this one the actor looks again. */
    private static final long LONGEST_DELAY_NS = Duration.ofHours(1).toNanos();

    private static final long MILLISECOND_NS = 1_000_000;

    private final TimerScheduler<Object> timers;
    private final Object message;
    private final LongSupplier clock;

    /** When the timer fires; {@link #NEVER} if it is not set. */
    private long dueNs = NEVER;

    /**
     * An alarm that is not set.
     *
     * @param timers the actor's
     * @param message what the actor is told
     * @param clock nanoseconds
     */
    Alarm(TimerScheduler<Object> timers, Object message, LongSupplier clock) {
        this.timers = timers;
        this.message = message;
        this.clock = clock;
    }

    /** The actor is told at this time, as timers go, or before. */
    void atLatest(long timeNs) {
        if (timeNs < dueNs) {
            dueNs = timeNs;
            long delayNs = Math.max(0, Math.min(timeNs - clock.getAsLong(), LONGEST_DELAY_NS));
            // Rounded up: a scheduler that counts milliseconds would wake the actor before there is anything to do.
            timers.startSingleTimer(message, Duration.ofMillis((delayNs + MILLISECOND_NS - 1) / MILLISECOND_NS));
        }
    }

    /** For the actor, when it is told. */
    void fired() {
        dueNs = NEVER;
    }
}
