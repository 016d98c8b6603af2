package dev.workpool.cluster.internal.wire;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;

/**
 * What nodes send each other. Small messages are numbered, so that one that was lost on its way is noticed by the next.
 * Jobs and outcomes go in blocks of bytes, which are cut into frames and take another way, so that nothing small waits
 * for them.
 */
public sealed interface WireMessage extends DeadLetterSuppression {
    /** The version of all of this that this code writes, and the oldest one that it reads. */
    int VERSION = 1;

    int OLDEST_VERSION = 1;

    /**
     * A fleet asks a station to work for it. Read by all versions, which may add to its end.
     *
     * @param version that the fleet writes
     * @param oldest version that the fleet reads
     * @param session a random number, not negative, that no other session has
     * @param pool the name of the fleet's pool
     * @param fleet gets answers
     * @param frames gets frames
     * @param jobs how jobs are encoded
     * @param results how results are to be encoded
     * @param leaseNs for how long a renewal lasts, in nanoseconds
     * @param renewalNs how often the lease is to be renewed, in nanoseconds
     * @param limit how many jobs of the session may run at a time
     * @param intake what the fleet takes in of results
     */
    record Open(
            int version,
            int oldest,
            long session,
            String pool,
            ActorRef<WireMessage> fleet,
            ActorRef<WireMessage> frames,
            Encoding jobs,
            Encoding results,
            long leaseNs,
            long renewalNs,
            int limit,
            Limits intake)
            implements WireMessage {}

    /**
     * What a node takes in.
     *
     * @param itemBytes how large a job, or a result, may be
     * @param windowBytes how many bytes may be under way to it
     */
    record Limits(int itemBytes, int windowBytes) {
        /** Of a node of an older version, which does not say. */
        public static final Limits UNKNOWN = new Limits(0, 0);

        /** How large a job, or a result, may be. */
        public int item() {
            return itemBytes == 0 ? Integer.MAX_VALUE : itemBytes;
        }

        /** How many bytes may be under way to it, where this node allows some. */
        public int window(int allowed) {
            return windowBytes == 0 ? allowed : Math.min(allowed, windowBytes);
        }
    }

    /**
     * How jobs or results are encoded.
     *
     * @param codec its name
     * @param version of the codec
     */
    record Encoding(String codec, int version) {
        @Override
        public String toString() {
            return codec + " " + version;
        }
    }

    /**
     * A station works for a fleet, from now on.
     *
     * @param session the fleet's
     * @param frames gets frames
     * @param results how results are encoded
     * @param intake what the station takes in of jobs
     */
    record Opened(long session, ActorRef<WireMessage> frames, Encoding results, Limits intake) implements WireMessage {}

    /**
     * A station does not work for a fleet.
     *
     * @param session the fleet's
     * @param reason why not, for people
     */
    record Refused(long session, String reason) implements WireMessage {}

    /**
     * A small message to a station.
     *
     * @param session which
     * @param number 1 for the first of the session, and then one more for each
     * @param command what is to be done
     */
    record ToStation(long session, long number, StationCommand command) implements WireMessage {}

    /**
     * A small message to a fleet.
     *
     * @param session which
     * @param number 1 for the first of the session, and then one more for each
     * @param event what has happened
     */
    record ToFleet(long session, long number, FleetEvent event) implements WireMessage {}

    /**
     * A part of a block of bytes.
     *
     * @param session which
     * @param number 1 for the first of the session in this direction, and then one more for each
     * @param last whether the block ends with it
     * @param bytes not to be changed
     */
    record Frame(long session, long number, boolean last, byte[] bytes) implements WireMessage {}
}
