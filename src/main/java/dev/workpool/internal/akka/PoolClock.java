package dev.workpool.internal.akka;

import akka.actor.typed.ActorSystem;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time that a pool goes by: that of its timers. Where a test moves the scheduler's time by hand, as with Akka's
 * {@code ManualTime}, what the timers wake the pool for has to be due by then.
 */
public final class PoolClock {
    /** What a scheduler that has a time of its own calls it. Found by name, since Akka's is in its test kit. */
    private static final String SCHEDULERS_TIME = "currentTimeMs";

    private PoolClock() {}

    /**
     * The clock of an actor system.
     *
     * @param system whose scheduler the pool's timers use
     * @return nanoseconds from any origin, as {@link System#nanoTime}, which it is unless the scheduler has its own
     */
    public static LongSupplier of(ActorSystem<?> system) {
        TestHarness harness = TestHarness.of(system);
        if (harness.isOneThread()) {
            return harness::timeNs;
        }
        Object scheduler = system.classicSystem().scheduler();
        try {
            MethodHandle time = MethodHandles.publicLookup()
                    .findVirtual(scheduler.getClass(), SCHEDULERS_TIME, MethodType.methodType(long.class))
                    .bindTo(scheduler);
            return new ByHand(time);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return System::nanoTime;
        }
    }

    /** Whether a clock stands still until somebody moves it, so that what threads do meanwhile takes no time. */
    public static boolean isByHand(LongSupplier clock) {
        return clock instanceof ByHand;
    }

    private record ByHand(MethodHandle time) implements LongSupplier {
        @Override
        public long getAsLong() {
            try {
                return TimeUnit.MILLISECONDS.toNanos((long) time.invokeExact());
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("the time of a scheduler cannot be read", e);
            }
        }
    }
}
