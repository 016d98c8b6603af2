package dev.workpool.internal.stream;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Queues the jobs of one key, which run one after another. */
final class KeyQueue {
    final Object key;

    /** Jobs that have no outcome. Raised by the thread that takes jobs from their source, lowered by the dispatcher. */
    final AtomicInteger open = new AtomicInteger();

    /** Jobs behind the one that is ready or granted. Confined to the dispatcher's thread, as all below. */
    final ArrayDeque<KeyQueues.Keyed> waiting = new ArrayDeque<>(2);

    /** Whether one of its jobs is ready or granted. */
    boolean busy;

    /** Whether one of its jobs has failed, and none is to run any more. */
    boolean stopped;

    KeyQueue(Object key) {
        this.key = key;
    }
}
