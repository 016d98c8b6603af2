package dev.workpool.bench;

import java.util.List;

/** How figures are got. */
sealed interface Measurement permits Timing, QueuedMemory {
    /** What was read once: of what, in which unit. */
    record Reading(String metric, String unit, double value) {}

    /**
     * Measures once.
     *
     * @param first whether nothing of it has run yet in this process, so that there is much to compile
     * @return what it read
     */
    List<Reading> measure(boolean first) throws Exception;
}
