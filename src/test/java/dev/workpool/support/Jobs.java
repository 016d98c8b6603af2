package dev.workpool.support;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;

/** A source of the numbers from 0 on, which counts what is done to it. */
public class Jobs implements Iterator<Integer>, AutoCloseable {
    private final int end;
    private volatile int taken;
    private final AtomicInteger closed = new AtomicInteger();
    private volatile Thread thread;
    private volatile String wrong;

    public Jobs(int end) {
        this.end = end;
    }

    @Override
    public boolean hasNext() {
        look();
        return taken < end;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
    public Integer next() {
        look();
        if (taken == end) {
            throw new NoSuchElementException();
        }
        return job(taken++);
    }

    /** The job at an index, if it is another one. */
    protected Integer job(int index) {
        return index;
    }

    private void look() {
        if (thread == null) {
            thread = Thread.currentThread();
        } else if (thread != Thread.currentThread()) {
            wrong = "used by " + thread + " and " + Thread.currentThread();
        }
        if (closed.get() > 0) {
            wrong = "used after it was closed";
        }
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    public int taken() {
        return taken;
    }

    public int closed() {
        return closed.get();
    }

    public Thread thread() {
        return thread;
    }

    public String wrong() {
        return wrong;
    }
}
