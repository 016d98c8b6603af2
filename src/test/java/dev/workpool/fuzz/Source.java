package dev.workpool.fuzz;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where the jobs of a stream come from; may break in many ways. */
final class Source implements Iterator<Job>, AutoCloseable {
    /** How it breaks, at some index. */
    private enum Fault {
        HAS_NEXT_THROWS,
        NEXT_THROWS,
        NEXT_IS_NULL,
        CANCELS,
        INTERRUPTS_ITSELF,
        NAPS
    }

    private final SubmittedStream stream;
    private final int size;
    private final Fault fault;
    private final int at;
    private final int thrown;
    private final SplittableRandom random;
    private final List<Job> taken = new CopyOnWriteArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile Thread thread;

    /** Whether it is somebody else who asks it, on any thread. */
    volatile boolean isBehindPublisher;

    volatile boolean isSubscribed;

    /** What it has thrown, if it has. */
    volatile Throwable problem;

    volatile boolean gaveNull;

    Source(SubmittedStream stream, int size, SplittableRandom random) {
        this.stream = stream;
        this.size = size;
        this.random = random;
        this.fault = random.nextInt(3) == 0 ? Fault.values()[random.nextInt(Fault.values().length)] : null;
        this.at = size == 0 ? 0 : random.nextInt(size);
        this.thrown = random.nextInt(stream.model.scenario.has(Trait.BAD_THROWABLES) ? Throwables.KINDS : 3);
    }

    @Override
    public boolean hasNext() {
        check();
        if (isNow(Fault.HAS_NEXT_THROWS)) {
            fail();
        }
        return taken.size() < size;
    }

    @Override
    public Job next() {
        check();
        int index = taken.size();
        if (index >= size) {
            throw new NoSuchElementException();
        }
        if (isNow(Fault.NEXT_THROWS)) {
            fail();
        }
        if (isNow(Fault.NEXT_IS_NULL)) {
            gaveNull = true;
            return null;
        }
        if (isNow(Fault.CANCELS)) {
            stream.cancel(random);
        }
        if (isNow(Fault.NAPS)) {
            nap();
        }
        Job job = stream.model.job(stream, index, 0, random);
        taken.add(job);
        stream.checkWindow(taken.size());
        if (isNow(Fault.INTERRUPTS_ITSELF)) {
            Thread.currentThread().interrupt();
        }
        return job;
    }

    private void nap() {
        try {
            stream.model.released.await(random.nextInt(3_000), TimeUnit.MICROSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as it is told when it is not needed any more
        }
    }

    private boolean isNow(Fault one) {
        return fault == one && taken.size() == at;
    }

    private void fail() {
        Throwable made = stream.model.throwables.make(thrown, "of the source");
        problem = made;
        throw Attempts.sneaky(made);
    }

    private void check() {
        stream.model.onCallback("source of a stream");
        if (isBehindPublisher) {
            return;
        }
        if (thread == null) {
            thread = Thread.currentThread();
        } else if (thread != Thread.currentThread()) {
            stream.find("a source is used by two threads", stream.text());
        }
        if (closed.get() > 0) {
            stream.find("a source is used after it was closed", stream.text());
        }
    }

    @Override
    public void close() {
        if (closed.incrementAndGet() > 1) {
            stream.find("a source is closed twice", stream.text());
        }
    }

    /** Whether it is closed, or nobody has ever asked its publisher. */
    boolean isClosed() {
        return closed.get() > 0 || (isBehindPublisher && !isSubscribed);
    }

    List<Job> taken() {
        return taken;
    }

    int size() {
        return size;
    }

    @Override
    public String toString() {
        return size + " jobs" + (fault == null ? "" : ", " + fault + " at " + at) + (problem == null ? "" : ", broken");
    }
}
