package dev.workpool.tune;

import java.util.Optional;

/** Runs jobs for a short time. Tests use a simulation. */
@FunctionalInterface
interface RoundRunner {
    /**
     * Runs a round to its end. Blocks.
     *
     * @param workers how many
     * @param lengthNs how long it measures, warm-up included; it ends later, when the last job has
     * @return empty if it was cut off, since no more rounds are wanted
     */
    Optional<Round> run(int workers, long lengthNs) throws InterruptedException;
}
