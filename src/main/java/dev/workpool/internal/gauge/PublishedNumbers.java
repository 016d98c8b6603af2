package dev.workpool.internal.gauge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Numbers that one thread publishes together, and that any thread may read as they were at one moment.
 *
 * <p>A sequence lock: the writer makes a version odd, writes, and makes it even again. A reader that sees the same even
 * version before and after has seen numbers that belong together; otherwise it tries again. So the writer never waits,
 * and publishing costs it some plain writes. The fences are those of H.-J. Boehm, "Can Seqlocks Get Along with
 * Programming Language Memory Models?", MSPC 2012.
 *
 * @param <K> names the numbers
 */
@SuppressWarnings("EnumOrdinal") // the numbers are this array's alone, and made with it
public final class PublishedNumbers<K extends Enum<K>> {
    private static final VarHandle VERSION;
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SPINS = 100;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(PublishedNumbers.class, "version", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] values;

    @SuppressWarnings("UnusedVariable") // through VERSION
    private long version;

    /**
     * Numbers that are all 0.
     *
     * @param keys their names
     */
    public PublishedNumbers(Class<K> keys) {
        this.values = new long[keys.getEnumConstants().length];
    }

    /** What follows belongs together. For the one thread that writes, as the two below. */
    public void begin() {
        VERSION.setOpaque(this, (long) VERSION.get(this) + 1);
        VarHandle.storeStoreFence();
    }

    public void set(K key, long value) {
        VALUE.setOpaque(values, key.ordinal(), value);
    }

    public void end() {
        VERSION.setRelease(this, (long) VERSION.get(this) + 1);
    }

    /** {@return the numbers as they were at one moment} */
    public Reading<K> read() {
        long[] seen = new long[values.length];
        for (int tries = 1; ; tries++) {
            long before = (long) VERSION.getAcquire(this);
            if ((before & 1) == 0) {
                for (int i = 0; i < seen.length; i++) {
                    seen[i] = (long) VALUE.getOpaque(values, i);
                }
                VarHandle.loadLoadFence();
                if (before == (long) VERSION.getOpaque(this)) {
                    return new Reading<>(seen);
                }
            }
            if (tries % SPINS == 0) {
                LockSupport.parkNanos(1); // the writer may have no processor
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Numbers as they were at one moment. */
    @SuppressWarnings("EnumOrdinal") // as above
    public static final class Reading<K extends Enum<K>> {
        private final long[] values;

        private Reading(long[] values) {
            this.values = values;
        }

        public long get(K key) {
            return values[key.ordinal()];
        }
    }
}
