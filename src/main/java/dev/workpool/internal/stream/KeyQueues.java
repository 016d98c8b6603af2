package dev.workpool.internal.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * Finds the queue of a job's key. Used on the thread that takes jobs from their source, so that nobody's key function,
 * {@code equals} or {@code hashCode} runs on an actor's; the dispatcher only ever tells keys' queues apart.
 *
 * <p>A queue is kept while it has open jobs. The dispatcher hands in those that have none; one that has got a job since
 * stays.
 */
final class KeyQueues<J> {
    private final Function<? super J, ?> keyOf;
    private final Map<Object, KeyQueue> keyQueues = new HashMap<>();
    private final Queue<KeyQueue> empty = new ConcurrentLinkedQueue<>();

    /** What goes through the buffer. */
    static final class Keyed {
        final KeyQueue keyQueue;

        /** As the handler's side expects it. */
        final Object job;

        /** How many jobs came before it. Confined to the dispatcher's thread. */
        long place;

        Keyed(KeyQueue keyQueue, Object job) {
            this.keyQueue = keyQueue;
            this.job = job;
        }
    }

    KeyQueues(Function<? super J, ?> keyOf) {
        this.keyOf = keyOf;
    }

    Keyed assign(J job, Object packed) {
        for (int i = 0; i < 2; i++) { // more than one for each that comes, so that the empty ones do not pile up
            KeyQueue keyQueue = empty.poll();
            if (keyQueue != null && keyQueue.open.get() == 0) {
                keyQueues.remove(keyQueue.key, keyQueue);
            }
        }
        Object key = Objects.requireNonNull(keyOf.apply(job), "the key of a job is null");
        KeyQueue keyQueue = keyQueues.computeIfAbsent(key, KeyQueue::new);
        keyQueue.open.incrementAndGet();
        return new Keyed(keyQueue, packed);
    }

    /**
     * A job has its outcome. Of a key that was stopped it counts as open for good: its queue may still be among the
     * empty ones from before, and is not to be taken for one of them. For the dispatcher.
     */
    void settled(KeyQueue keyQueue) {
        if (!keyQueue.stopped && keyQueue.open.decrementAndGet() == 0) {
            empty.add(keyQueue);
        }
    }
}
