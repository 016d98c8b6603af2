package dev.workpool.internal.dispatcher;

import dev.workpool.internal.router.Router;
import dev.workpool.job.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers requests for statistics. The router is asked once for all requests that come meanwhile. Confined to the
 * dispatcher's thread.
 */
final class StatsRequests {
    private final Runnable question;
    private final Function<Router.Census, PoolStats> statistics;
    private final List<Consumer<PoolStats>> waiting = new ArrayList<>();

    private Router.Census census;

    /**
     * Nobody has asked yet.
     *
     * @param workers how many there are at first
     * @param question asks the router
     * @param statistics makes them of what the router answers
     */
    StatsRequests(int workers, Runnable question, Function<Router.Census, PoolStats> statistics) {
        this.census = new Router.Census(workers, 0, 0);
        this.question = question;
        this.statistics = statistics;
    }

    void ask(Consumer<PoolStats> receiver) {
        waiting.add(receiver);
        if (waiting.size() == 1) {
            question.run();
        }
    }

    void onCensus(Router.Census answer) {
        census = answer;
        answer();
    }

    /** Answers all waiting requests with the current numbers. */
    void answer() {
        PoolStats stats = latest();
        waiting.forEach(receiver -> receiver.accept(stats));
        waiting.clear();
    }

    /** Nothing runs any more, unless it was abandoned. */
    void end() {
        census = new Router.Census(census.workers(), 0, census.abandoned());
    }

    PoolStats latest() {
        return statistics.apply(census);
    }
}
