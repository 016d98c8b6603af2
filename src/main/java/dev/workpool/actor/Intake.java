package dev.workpool.actor;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way into a pool for threads that are no actors: a queue that is closed exactly once and loses nothing to the closing.
 *
 * <p>Thread-safe. A request is put into the queue first and the closed state is looked at afterwards, while closing sets the
 * state first and empties the queue afterwards. So a request that races with the closing is taken by the dispatcher, by the
 * closing or by its own submitter, and by one of them only. One wake-up message serves as many requests as have come by then.
 */
public final class Intake<J, R> {
    private final Queue<Request<J, R>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();

    /** Set before {@link #closed}, and read after it. */
    private Executor callbacks;

    private volatile Request.Closed closed;

    /** Set by the dispatcher when it starts; what is offered before waits for it. */
    private volatile Runnable waker = () -> {};

    /**
     * Hands a request in. Does not block.
     *
     * @param request answered in any case
     * @throws StackOverflowError if the thread is near the end of its stack; then the request was not handed in
     */
    public void offer(Request<J, R> request) {
        boolean checked = !awake.get();
        if (checked) {
            StackGuard.check();
        }
        queue.add(request);
        if (closed != null || !awake.get()) {
            attendTo(request, checked);
        }
    }

    /** Nobody is awake to take a request that was put into the queue. */
    private void attendTo(Request<J, R> request, boolean checked) {
        try {
            if (!checked) {
                StackGuard.check();
            }
            Request.Closed now = closed;
            if (now != null) {
                refuseAll(now);
            } else if (awake.compareAndSet(false, true)) {
                wake();
            }
        } catch (Throwable t) {
            if (queue.removeIf(each -> each == request)) { // else somebody has taken it after all
                throw t;
            }
        }
    }

    private void wake() {
        try {
            waker.run();
        } catch (Throwable t) { // there may be no memory for the message: the next to come tries again
            awake.set(false);
            throw t;
        }
    }

    /**
     * Connects the dispatcher.
     *
     * @param waker sends it a message upon which it takes what is in the queue
     */
    void open(Runnable waker) {
        this.waker = waker;
        awake.set(true);
        waker.run();
    }

    /** For the dispatcher, before it takes: what is offered from now on wakes it again. */
    void asleep() {
        awake.set(false);
    }

    /** For the dispatcher, if it leaves something in the queue. */
    void wakeAgain() {
        if (awake.compareAndSet(false, true)) {
            waker.run();
        }
    }

    /** The next request, or null. */
    Request<J, R> poll() {
        return queue.poll();
    }

    /**
     * Answers what is in the queue, and whatever will be offered, without the dispatcher. Idempotent: the first answer stands.
     *
     * @param closed the answer
     * @param callbacks where it is given: whoever closes or offers has no business with those who wait for it
     */
    void close(Request.Closed closed, Executor callbacks) {
        synchronized (this) { // by the dispatcher, and by whoever sees the actor system's end
            if (this.closed == null) {
                this.callbacks = callbacks;
                this.closed = closed;
                waker = () -> {};
            }
        }
        refuseAll(this.closed);
    }

    private void refuseAll(Request.Closed closed) {
        for (Request<J, R> next = queue.poll(); next != null; next = queue.poll()) {
            Request<J, R> request = next;
            callbacks.execute(() -> request.refuse(closed));
        }
    }
}
