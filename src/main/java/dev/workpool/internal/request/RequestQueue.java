package dev.workpool.internal.request;

import dev.workpool.internal.limit.ConcurrencyLimits;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * Brings requests of threads that are not actors into a pool: a queue that is closed exactly once and loses nothing
 * when it is closed.
 *
 * <p>Thread-safe. A submitter first puts its request into the queue and then checks whether the queue is closed.
 * Closing first sets the state and then empties the queue. So a request that races with closing is taken by exactly
 * one: the dispatcher, the closing thread or its own submitter. One wake-up message serves all requests that have come
 * by then.
 */
public final class RequestQueue<J, R> {
    private static final VarHandle AWAKE;

    static {
        try {
            AWAKE = MethodHandles.lookup().findVarHandle(RequestQueue.class, "awake", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ArrivalQueue<Request<J, R>> queue;

    /** What was taken out of the queue and not yet looked at. The dispatcher's, or of who closes this in its place. */
    private ArrivalQueue.Arrival<Request<J, R>> taken;

    /** Jobs of what was taken and looked at. The dispatcher's. */
    private long entered;

    /** Whether the dispatcher has been told that there is something, and has not begun to look. */
    private volatile boolean awake;

    /** Set before {@link #closed}, and read after it. */
    private Executor callbacks;

    private volatile Request.Closed closed;

    /** Set by the dispatcher when it starts; what is offered before waits for it. */
    private volatile Runnable waker = () -> {};

    /** Takes whatever is offered. */
    public RequestQueue() {
        this(ArrivalQueue.unbounded());
    }

    /**
     * Takes as many jobs as a pool's settings allow to wait. Where the oldest of them make room for others, the
     * dispatcher sees to that.
     */
    public static <J, R> RequestQueue<J, R> of(WorkerPoolSettings settings) {
        return of(settings, IntUnaryOperator.identity());
    }

    /**
     * The same for a pool whose workers may be elsewhere.
     *
     * @param settings of the pool
     * @param idleAtFirst how many workers are idle before anybody has said so, of those that there are by the settings
     */
    public static <J, R> RequestQueue<J, R> of(WorkerPoolSettings settings, IntUnaryOperator idleAtFirst) {
        if (settings.queueCapacity().isEmpty() || settings.whenFull() == WhenFull.DROP_OLDEST) {
            return new RequestQueue<>();
        }
        long idle = idleAtFirst.applyAsInt(
                ConcurrencyLimits.of(settings, System::nanoTime).workers());
        long begin =
                settings.rateLimit().map(limit -> Math.min(idle, limit.burst())).orElse(idle);
        return new RequestQueue<>(ArrivalQueue.bounded(settings.queueCapacity().get(), begin));
    }

    /**
     * Takes as many jobs as a queue has room for.
     *
     * @param queue empty
     */
    public RequestQueue(ArrivalQueue<Request<J, R>> queue) {
        this.queue = queue;
    }

    /**
     * Hands a request in. Does not block.
     *
     * @param request answered in any case
     * @throws StackOverflowError if the thread is near the end of its stack; then the request was not handed in
     */
    public void offer(Request<J, R> request) {
        offer(request, 0);
    }

    /**
     * Hands a request in, if there is room for its jobs. Does not block.
     *
     * @param request answered in any case, if it was handed in
     * @param jobs how many jobs it brings
     * @return whether it was handed in
     * @throws StackOverflowError if the thread is near the end of its stack; then the request was not handed in
     */
    public boolean offer(Request<J, R> request, int jobs) {
        boolean checked = !awake;
        if (checked) {
            StackGuard.check();
        }
        ArrivalQueue.Arrival<Request<J, R>> arrival = queue.add(request, jobs);
        if (arrival == null) {
            attendToRest();
            return false;
        }
        if (closed != null || !awake) {
            try {
                if (!checked) {
                    StackGuard.check();
                }
                attend();
            } catch (Throwable t) {
                if (arrival.claim() != null) { // else somebody has taken it after all
                    throw t; // and the dispatcher finds the place of its jobs empty
                }
            }
        }
        return true;
    }

    /**
     * Submits a request after which no job starts. From then on there are only as many places as the queue has, also
     * before the dispatcher has heard of it: idle workers will take nothing. Does not block.
     *
     * @param stop makes the request, which tells when it was heard
     */
    public void offerStop(Function<Runnable, Request<J, R>> stop) {
        StackGuard.check();
        Request<J, R> request = stop.apply(queue::heard);
        queue.withhold();
        try {
            offer(request);
        } catch (Throwable t) {
            queue.heard();
            throw t;
        }
    }

    /** There may be places of requests that were taken back and that the dispatcher has not heard of. */
    private void attendToRest() {
        if (!awake && !queue.isEmpty()) {
            StackGuard.check();
            attend();
        }
    }

    /** The queue, for who counts its places. */
    ArrivalQueue<Request<J, R>> queue() {
        return queue;
    }

    /**
     * Jobs of the requests that {@link #poll} has returned, and of those that their submitters have taken back. For the
     * dispatcher.
     */
    long entered() {
        return entered;
    }

    /** For the dispatcher: jobs that it has taken by another way count among them. */
    void enter(int jobs) {
        entered += jobs;
    }

    /** Nobody is awake to take what is in the queue. */
    private void attend() {
        Request.Closed now = closed;
        if (now != null) {
            refuseAll(now);
        } else if (AWAKE.compareAndSet(this, false, true)) {
            wake();
        }
    }

    private void wake() {
        try {
            waker.run();
        } catch (Throwable t) { // there may be no memory for the message: the next to come tries again
            awake = false;
            throw t;
        }
    }

    /**
     * Connects the dispatcher.
     *
     * @param waker sends it a message upon which it takes what is in the queue
     */
    public void open(Runnable waker) {
        this.waker = waker;
        awake = true;
        waker.run();
    }

    /** For the dispatcher, before it takes: what is offered from now on wakes it again. */
    public void asleep() {
        awake = false;
    }

    /** For the dispatcher, if it leaves something in the queue. */
    public void wakeAgain() {
        if (AWAKE.compareAndSet(this, false, true)) {
            waker.run();
        }
    }

    /** The next request, or null. For the dispatcher. */
    public Request<J, R> poll() {
        while (true) {
            if (taken == null) {
                taken = queue.takeAll();
                if (taken == null) {
                    return null;
                }
            }
            Request<J, R> request = taken.claim();
            entered += taken.jobs();
            taken = taken.next();
            if (request != null) {
                return request;
            }
        }
    }

    /**
     * Answers what is in the queue, and whatever will be offered, without the dispatcher. Idempotent: the first answer
     * stands.
     *
     * @param closed the answer
     * @param callbacks where it is given: whoever closes or offers has no business with those who wait for it
     */
    public void close(Request.Closed closed, Executor callbacks) {
        synchronized (this) { // by the dispatcher, and by whoever sees the actor system's end
            if (this.closed == null) {
                this.callbacks = callbacks;
                this.closed = closed;
                waker = () -> {};
            }
        }
        for (Request<J, R> next = poll(); next != null; next = poll()) {
            refuse(next, this.closed);
        }
    }

    private void refuseAll(Request.Closed closed) {
        ArrivalQueue.Arrival<Request<J, R>> arrival = queue.takeAll();
        while (arrival != null) {
            refuse(arrival.claim(), closed);
            arrival = arrival.next();
        }
    }

    private void refuse(Request<J, R> request, Request.Closed closed) {
        if (request != null) {
            request.refusing();
            callbacks.execute(() -> request.refuse(closed));
        }
    }
}
