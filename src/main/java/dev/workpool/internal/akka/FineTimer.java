package dev.workpool.internal.akka;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import java.time.Duration;

/**
 * A timer of an actor that is exact to some tens of microseconds, whereas Akka's ticks every ten milliseconds. It is
 * the JDK's own, so no thread of the pool is left behind. It goes by real time. Confined to the actor's thread.
 */
public final class FineTimer {
    /** That of Akka's timers. */
    private static final Duration COARSE = Duration.ofMillis(10);

    private final ActorContext<Object> context;
    private final TestHarness harness;
    private final ActorRef<Object> actor;
    private final Object message;
    private boolean set;

    /**
     * A timer that is not set.
     *
     * @param context the actor's
     * @param message what the actor is told; if it is gone by then, nobody misses it
     */
    public FineTimer(ActorContext<Object> context, Object message) {
        this.context = context;
        this.harness = TestHarness.of(context.getSystem());
        this.actor = context.getSelf();
        this.message = message;
    }

    public boolean isSet() {
        return set;
    }

    /** Has the actor told once, in so many nanoseconds. */
    public void set(long delayNs) {
        set = true;
        try {
            harness.runAfter(delayNs, () -> actor.tell(message));
        } catch (OutOfMemoryError e) { // the JDK's timer could not start its thread
            context.scheduleOnce(COARSE, actor, message);
        }
    }

    /** For the actor, when it is told. */
    public void fired() {
        set = false;
    }
}
