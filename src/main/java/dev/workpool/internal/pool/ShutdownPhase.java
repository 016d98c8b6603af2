package dev.workpool.internal.pool;

import akka.actor.CoordinatedShutdown;
import dev.workpool.internal.akka.ExitGuard;
import java.time.Duration;
import java.util.List;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The phase of an actor system's coordinated shutdown in which its pools are drained, and how long that phase may take.
 *
 * <p>Usually it is the pools' own phase, between the end of a service's requests and the end of what the service
 * depends on. Its time-out is longer than any pool takes: each pool bounds itself by its own settings. A configuration
 * may have that phase in another place, or not at all. Then it is one of Akka's phases, with Akka's time-out.
 *
 * @param name of the phase
 * @param timeout after which Akka goes on without the pools
 * @param isOwn whether it is the pools' own
 */
record ShutdownPhase(String name, Duration timeout, boolean isOwn) {
    /** In {@code reference.conf}. */
    static final String OWN = ExitGuard.Phase.POOLS.key();

    private static final String BEFORE = CoordinatedShutdown.PhaseServiceRequestsDone();
    private static final String AFTER = CoordinatedShutdown.PhaseServiceStop();

    static ShutdownPhase of(CoordinatedShutdown shutdown) {
        List<String> phases = CollectionConverters.asJava(shutdown.orderedPhases());
        boolean ownIsInPlace =
                phases.indexOf(BEFORE) < phases.indexOf(OWN) && phases.indexOf(OWN) < phases.indexOf(AFTER);
        String name = ownIsInPlace ? OWN : BEFORE;
        return new ShutdownPhase(name, Duration.ofNanos(shutdown.timeout(name).toNanos()), ownIsInPlace);
    }

    /** A little less than the phase has, which Akka would end with a warning that names no pool. */
    Duration forAll() {
        return timeout.minus(timeout.dividedBy(20));
    }

    /**
     * How long accepted jobs may take.
     *
     * @param closeTimeout how long they may take as far as the pool is concerned
     * @param cancelGrace what handlers that are cancelled then are to have; a quarter of the phase if that is less
     */
    Duration forJobs(Duration closeTimeout, Duration cancelGrace) {
        Duration quarter = timeout.dividedBy(4);
        Duration left = forAll().minus(shorter(forCancelled(cancelGrace), quarter));
        return shorter(closeTimeout, left);
    }

    /**
     * How long handlers that were cancelled may take.
     *
     * @param forJobs how long jobs had before
     * @param cancelGrace what they are to have
     */
    Duration forCancelled(Duration forJobs, Duration cancelGrace) {
        return shorter(forCancelled(cancelGrace), forAll().minus(forJobs));
    }

    /** With the time that it takes to tell them, and to hear from them. */
    private static Duration forCancelled(Duration cancelGrace) {
        return cancelGrace.plusMillis(cancelGrace.isZero() ? 100 : 1_000);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
