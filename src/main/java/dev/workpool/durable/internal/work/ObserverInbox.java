package dev.workpool.durable.internal.work;

import dev.workpool.durable.job.QueueObserver;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that wait for one observer, which takes them one at a time on the callback executor. Bounded: what finds no
 * place is dropped and counted. Any thread may tell it something; {@code hasFailed} is the task's that runs.
 */
final class ObserverInbox {
    private static final Logger log = LoggerFactory.getLogger(QueueObserver.class);

    static final int CAPACITY = 1_024;

    private final String queue;
    private final QueueObserver observer;
    private final Executor callbacks;

    /** Guarded by this, as the two below. */
    private final Queue<Consumer<QueueObserver>> waiting = new ArrayDeque<>();

    private long dropped;
    private boolean isRunning;

    private boolean hasFailed;

    ObserverInbox(String queue, QueueObserver observer, Executor callbacks) {
        this.queue = queue;
        this.observer = observer;
        this.callbacks = callbacks;
    }

    /** Never blocks, and calls no users' code on the calling thread. */
    void tell(Consumer<QueueObserver> event) {
        synchronized (this) {
            if (waiting.size() == CAPACITY) {
                dropped++;
                return;
            }
            waiting.add(event);
            if (isRunning) {
                return;
            }
            isRunning = true;
        }
        try {
            callbacks.execute(this::tellAll);
        } catch (RejectedExecutionException e) { // the actor system has ended, and whoever listens with it
            synchronized (this) {
                waiting.clear();
                isRunning = false;
            }
        }
    }

    private void tellAll() {
        while (true) {
            Consumer<QueueObserver> event;
            long events;
            synchronized (this) {
                event = waiting.poll();
                if (event == null) {
                    isRunning = false;
                    return;
                }
                events = dropped;
                dropped = 0;
            }
            if (events > 0) {
                call(each -> each.onDropped(queue, events));
            }
            call(event);
        }
    }

    private void call(Consumer<QueueObserver> event) {
        try {
            event.accept(observer);
        } catch (Throwable t) {
            logOnce(t);
        }
        Thread.interrupted(); // what the observer has left behind is not for the next
    }

    private void logOnce(Throwable t) {
        if (hasFailed) {
            return;
        }
        hasFailed = true;
        String of = observer.getClass().getName();
        try {
            log.error("Queue '{}': an observer ({}) threw; what it throws later is not logged", queue, of, t);
        } catch (Throwable hostile) { // its own text is users' code, too
            log.error("Queue '{}': an observer ({}) threw {}", queue, of, t.getClass());
        }
    }
}
