package dev.workpool.actor;

import dev.workpool.Outcome;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Tells many who wait for single jobs, in bulk, and yet so that none of them holds up another: what runs when a future completes
 * is users' code, which may block, for instance until the next future of the same bulk completes. So while one thread works
 * through the bulk, another stands by to go on with it.
 */
final class Settlement<J, R> implements Runnable {
    private final List<Single<J, R>> singles;
    private final Function<Single<J, R>, Outcome<R>> outcomes;
    private final Executor callbacks;
    private final AtomicInteger next = new AtomicInteger();

    private Settlement(List<Single<J, R>> singles, Function<Single<J, R>, Outcome<R>> outcomes, Executor callbacks) {
        this.singles = singles;
        this.outcomes = outcomes;
        this.callbacks = callbacks;
    }

    /**
     * Settles jobs on the callback executor.
     *
     * @param singles who waits for them; must not change
     * @param outcomes the outcome of each
     * @param callbacks the executor
     */
    static <J, R> void start(
            List<Single<J, R>> singles, Function<Single<J, R>, Outcome<R>> outcomes, Executor callbacks) {
        if (!singles.isEmpty()) {
            callbacks.execute(new Settlement<>(singles, outcomes, callbacks));
        }
    }

    @Override
    public void run() {
        int position = next.getAndIncrement();
        if (position + 1 < singles.size()) {
            callbacks.execute(this);
        }
        for (; position < singles.size(); position = next.getAndIncrement()) {
            Single<J, R> single = singles.get(position);
            single.settle(outcomes.apply(single));
        }
    }
}
