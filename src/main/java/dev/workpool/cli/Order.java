package dev.workpool.cli;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** The order in which endings are shown. Not thread-safe. */
interface Order {

    /** Takes the next ending as it came. */
    void add(Ending ending);

    /** The ending to show now; null if it is not there yet. */
    Ending poll();

    /** As they come. */
    static Order asCompleted() {
        return new Order() {
            private final ArrayDeque<Ending> endings = new ArrayDeque<>();

            @Override
            public void add(Ending ending) {
                endings.add(ending);
            }

            @Override
            public Ending poll() {
                return endings.poll();
            }
        };
    }

    /** In the order of the inputs. The window of the run bounds how many wait. */
    static Order ofInputs() {
        return new Order() {
            private final Map<Long, Ending> waiting = new HashMap<>();
            private long next;

            @Override
            public void add(Ending ending) {
                waiting.put(ending.job().index(), ending);
            }

            @Override
            public Ending poll() {
                Ending ending = waiting.remove(next);
                if (ending != null) {
                    next++;
                }
                return ending;
            }
        };
    }
}
