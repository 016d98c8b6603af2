package dev.workpool.internal.batch;

import dev.workpool.internal.util.Interrupts;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Completes the futures of many single jobs in bulk, so that none of them holds up another. Completing a future runs
 * users' code, which may block, for instance until the next future of the same bulk completes. So the threads of the
 * callback executor work through the bulk together.
 */
public final class Settlement<J, R> implements Runnable {
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
     * Settles jobs on the callback executor, but those at once that run nobody's code, or that a waiting thread takes
     * on.
     *
     * @param singles who waits for them
     * @param outcomes the outcome of each
     * @param callbacks the executor
     */
    public static <J, R> void start(
            List<Single<J, R>> singles, Function<Single<J, R>, Outcome<R>> outcomes, Executor callbacks) {
        List<Single<J, R>> others = new ArrayList<>(singles.size());
        for (Single<J, R> single : singles) {
            if (single.isDirect()) {
                single.settle(outcomes.apply(single));
            } else if (!single.isAwaited() || !single.handOver(outcomes.apply(single))) {
                others.add(single);
            }
        }
        if (!others.isEmpty()) {
            callbacks.execute(new Settlement<>(others, outcomes, callbacks));
        }
    }

    @Override
    public void run() {
        int position = next.getAndIncrement();
        try {
            if (position + 1 < singles.size()) {
                callbacks.execute(this);
            }
        } finally {
            settleFrom(position);
        }
    }

    private void settleFrom(int first) {
        boolean own = Interrupts.own();
        for (int position = first; position < singles.size(); position = next.getAndIncrement()) {
            Single<J, R> single = singles.get(position);
            single.settle(outcomes.apply(single));
            Interrupts.clearUnless(own);
        }
    }
}
