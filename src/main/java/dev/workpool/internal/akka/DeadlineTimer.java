package dev.workpool.internal.akka;

import akka.actor.Cancellable;
import akka.actor.DeadLetterSuppression;
import akka.actor.typed.javadsl.ActorContext;
import dev.workpool.internal.util.TimerQueue;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A single timer of an actor, for the earliest of its due times. Confined to the actor's thread.
 *
 * <p>The actor may be told once more than it was to be, by a timer that fired just before another took its place.
 * Akka's own timers wrap what they tell, and so become dead letters if the actor stops at that moment, whatever it is
 * that they were to tell.
 */
public final class DeadlineTimer {
    /** Starts a timer. */
    @FunctionalInterface
    interface Timer {
        Cancellable start(Duration delay);
    }

    /** Akka's timers do not take every delay; after this one the actor looks again. */
    private static final long LONGEST_DELAY_NS = Duration.ofHours(1).toNanos();

    private static final long MILLISECOND_NS = 1_000_000;

    private final Timer timer;
    private final LongSupplier clock;

    /** The timer that was started last. */
    private Cancellable started = Cancellable.alreadyCancelled();

    /** When the timer fires; {@link TimerQueue#NEVER} if it is not set. */
    private long dueNs = TimerQueue.NEVER;

    /**
     * A timer that is not set.
     *
     * @param timer tells the actor
     * @param clock nanoseconds
     */
    public DeadlineTimer(Timer timer, LongSupplier clock) {
        this.timer = timer;
        this.clock = clock;
    }

    /**
     * A timer that is not set.
     *
     * @param context the actor's
     * @param message what the actor is told; nobody misses it if the actor has stopped by then
     * @param clock nanoseconds
     */
    public DeadlineTimer(ActorContext<Object> context, DeadLetterSuppression message, LongSupplier clock) {
        this(delay -> context.scheduleOnce(delay, context.getSelf(), message), clock);
    }

    /** The actor is told at this time, as timers go, or before. */
    public void atLatest(long timeNs) {
        if (timeNs < dueNs) {
            dueNs = timeNs;
            long delayNs = Math.max(0, Math.min(timeNs - clock.getAsLong(), LONGEST_DELAY_NS));
            // Rounded up: a scheduler that counts milliseconds would wake the actor before there is anything to do.
            started.cancel();
            started = timer.start(Duration.ofMillis((delayNs + MILLISECOND_NS - 1) / MILLISECOND_NS));
        }
    }

    /** For the actor, when it is told. */
    public void fired() {
        cancel();
    }

    /**
     * Is not set any more. For the actor, in the end at the latest, since the system's scheduler would hold on to it.
     */
    public void cancel() {
        started.cancel();
        dueNs = TimerQueue.NEVER;
    }
}
