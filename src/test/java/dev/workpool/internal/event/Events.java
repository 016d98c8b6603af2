package dev.workpool.internal.event;

import java.util.List;

/** Events that nobody hears. */
public final class Events {
    private Events() {}

    public static PoolEvents none() {
        return new PoolEvents("p", List.of(), Runnable::run, () -> 0, (observer, thrown) -> {});
    }
}
