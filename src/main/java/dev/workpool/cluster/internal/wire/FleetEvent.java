package dev.workpool.cluster.internal.wire;

import java.util.List;

/** What a station tells a fleet. */
public sealed interface FleetEvent {

    /**
     * Credit: the fleet may grant jobs until it has granted this many in the session, less what came back.
     *
     * @param upTo a total, so that a message that crosses a grant cannot count twice
     * @param costNs how long a job takes; 0 if that is not known
     * @param workers how many there are
     */
    record Demand(long upTo, double costNs, int workers) implements FleetEvent {}

    /**
     * Jobs that were granted and have not begun.
     *
     * @param batchId their batch
     * @param attempt at them
     * @param first index of the first in the batch
     * @param count how many
     * @param upTo the demand that is left
     */
    record Returned(long batchId, int attempt, long first, long count, long upTo) implements FleetEvent {}

    /** The answer to each recall: what was asked for has been returned, as far as it could be. */
    record Recalled() implements FleetEvent {}

    /**
     * Asks for the lease to be renewed.
     *
     * @param renewal a number, one more each time
     * @param frames sent in this session, in all
     * @param load what the station is at
     * @param limit how many jobs of this session may run at a time, as the station knows
     * @param begun jobs of this session that workers have, of which so many may run, although the limit may be lower
     * @param running jobs of this session that run
     */
    record Renew(long renewal, long frames, Load load, int limit, long begun, List<JobAt> running)
            implements FleetEvent {}

    /**
     * What a station is at, for all fleets together.
     *
     * @param workers how many there are
     * @param running jobs that run
     * @param abandoned handlers that run on although they were given up
     */
    record Load(int workers, int running, int abandoned) {}

    /**
     * A job.
     *
     * @param batchId its batch
     * @param index its index in the batch
     */
    record JobAt(long batchId, long index) {}

    /**
     * Jobs have been taken.
     *
     * @param frames of this session, in all
     */
    record Acknowledged(long frames) implements FleetEvent {}

    /**
     * A handler has said that a downstream service is overloaded.
     *
     * @param ns for how long no job is to begin
     */
    record SlowDown(long ns) implements FleetEvent {}

    /** The node is about to leave: it takes no more jobs. */
    record Leaving() implements FleetEvent {}

    /**
     * The station has ended the session: what is out is not reported any more.
     *
     * @param reason why, for people
     * @param unstarted whether none of what is out has begun
     */
    record Ended(String reason, boolean unstarted) implements FleetEvent {}
}
