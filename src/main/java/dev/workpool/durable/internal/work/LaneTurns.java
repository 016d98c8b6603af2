package dev.workpool.durable.internal.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Has the held segments of a lane run one after another. Once jobs of one are given back or lost, those behind it are given back, too: else
 * they would overtake them. The actor's alone.
 */
final class LaneTurns<J> {
    private final Consumer<Held<J>> feed;
    private final Map<Integer, Deque<Held<J>>> waiting = new HashMap<>();

    /**
     * No lanes.
     *
     * @param feed has a segment run
     */
    LaneTurns(Consumer<Held<J>> feed) {
        this.feed = feed;
    }

    /** Has a segment run when it is its turn; at once, if it is of no lane. */
    void add(Held<J> segment) {
        if (segment.claimed.lane() < 0) {
            feed.accept(segment);
            return;
        }
        Deque<Held<J>> lane = waiting.computeIfAbsent(segment.claimed.lane(), number -> new ArrayDeque<>());
        lane.add(segment);
        if (lane.size() == 1) {
            feed.accept(segment);
        }
    }

    /** Some jobs of a segment were given back, are to be tried again, or run elsewhere now. */
    void gaveBack(Held<J> segment) {
        Deque<Held<J>> lane = waiting.get(segment.claimed.lane());
        if (segment.claimed.lane() >= 0 && lane != null) {
            segment.giveBackUnstarted(); // what runs of it is in its turn
            lane.stream().filter(each -> each != segment).forEach(Held::stopAndGiveBack);
        }
    }

    /** No job of a segment runs any more. */
    void ended(Held<J> segment) {
        Deque<Held<J>> lane = waiting.get(segment.claimed.lane());
        if (segment.claimed.lane() < 0 || lane == null || lane.peek() != segment) {
            return;
        }
        lane.poll();
        if (lane.isEmpty()) {
            waiting.remove(segment.claimed.lane());
        } else {
            feed.accept(lane.peek());
        }
    }
}
