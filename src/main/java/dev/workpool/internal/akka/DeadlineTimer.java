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
        this(delay -> start(context, message, delay), clock);
    }

    /**
     * What is due is told without the scheduler: that of manual time would run what is due on this very thread, beside
     * the test's, and might set its clock back.
     */
    private static Cancellable start(ActorContext<Object> context, DeadLetterSuppression message, Duration delay) {
        if (delay.isZero()) {
            context.getSelf().tell(message);
            return Cancellable.alreadyCancelled();
        }
        return context.scheduleOnce(delay, context.getSelf(), message);
    }

    /** The actor is told at this time, as timers go, or before. */
    public void atLatest(long timeNs) {
        if (timeNs < dueNs) {
            dueNs = timeNs;
            start();
        }
    }

    /**
     * Starts the timer, once more if time has passed meanwhile: a scheduler counts the delay from the moment at which
     * it hears of it, and manual time may have passed by hours by then.
     */
    private void start() {
        long nowNs;
        long delayNs;
        do {
            started.cancel();
            nowNs = clock.getAsLong();
            delayNs = Math.max(0, Math.min(dueNs - nowNs, LONGEST_DELAY_NS));
            // Rounded up: a scheduler that counts milliseconds would wake the actor before there is anything to do.
            started = timer.start(Duration.ofMillis((delayNs + MILLISECOND_NS - 1) / MILLISECOND_NS));
        } while (delayNs > 0 && clock.getAsLong() - nowNs >= MILLISECOND_NS);
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
