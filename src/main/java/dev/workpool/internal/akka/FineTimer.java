package dev.workpool.internal.akka;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import dev.workpool.internal.util.SingleThreadExecutor;
import dev.workpool.internal.util.TimerQueue;
import java.time.Duration;

/**
 * A timer of an actor that is exact to some tens of microseconds, whereas Akka's ticks every ten milliseconds. It goes
 * by real time. Confined to the actor's thread.
 *
 * <p>The actor's thread keeps it, where that is a {@link SingleThreadExecutor}. Otherwise it is the JDK's own. Neither
 * leaves a thread of the pool behind.
 */
public final class FineTimer {
    /** That of Akka's timers. */
    private static final Duration COARSE = Duration.ofMillis(10);

    private final ActorContext<Object> context;
    private final TestHarness harness;
    private final ActorRef<Object> actor;
    private final Object message;
    private final Runnable tell;
    private boolean set;

    /** Where the actor's thread keeps it; null if it does not. */
    private TimerQueue.Entry<Runnable> kept;

    /**
     * A timer that is not set.
     *
     * @param context the actor's
     * @param message what the actor is told; if it is gone by then, nobody misses it
     */
    public FineTimer(ActorContext<Object> context, Object message) {
        this.context = context;
        this.harness = TestHarness.of(context.getSystem());
        ActorRef<Object> self = context.getSelf();
        this.actor = self;
        this.message = message;
        this.tell = () -> self.tell(message);
    }

    public boolean isSet() {
        return set;
    }

    /** Has the actor told once, in so many nanoseconds. */
    public void set(long delayNs) {
        set = true;
        try {
            SingleThreadExecutor thread = SingleThreadExecutor.current();
            if (thread != null) {
                kept = thread.runAfter(delayNs, tell);
            } else {
                harness.runAfter(delayNs, tell);
            }
        } catch (OutOfMemoryError e) { // the JDK's timer could not start its thread
            context.scheduleOnce(COARSE, actor, message);
        }
    }

    /** Has the actor not told, if that costs nothing; otherwise it stays set, and the actor is told for nothing. */
    public void cancel() {
        if (kept != null) {
            SingleThreadExecutor.current().cancel(kept);
            kept = null;
            set = false;
        }
    }

    /** For the actor, when it is told. */
    public void fired() {
        cancel(); // it may have been set again since
        set = false;
    }
}
