package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Limits;
import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.Sharing.Given;

/**
 * Decides when this process asks for its part of the queue's limits: about once a second, and at once when it has become
 * too small, or others wait for what is not needed any more. The actor's alone.
 */
final class LimitLease {
    private static final long EVERY_NS = 1_000_000_000L;
    private static final long SOON_NS = 200_000_000L;
    private static final long AT_ONCE_NS = 30_000_000L;

    private final Throttle throttle;
    private final Gate<?> gate;
    private final Runner<?> runner;
    private final String owner;
    private final long leaseNs;

    private long askedNs = System.nanoTime() - EVERY_NS;
    private int askedFor;
    private int askedForUnits;
    private int share;
    private int unitShare;
    private boolean isWaiting;
    private boolean isAsking;
    private boolean isForced;

    LimitLease(Throttle throttle, Gate<?> gate, Runner<?> runner, String owner, long leaseNs) {
        this.throttle = throttle;
        this.gate = gate;
        this.runner = runner;
        this.owner = owner;
        this.leaseNs = leaseNs;
    }

    /** The queue is known to have limits. */
    void begin() {
        if (throttle.begin()) {
            isForced = true;
            gate.recall();
        }
    }

    /** The limits are others now. */
    void changed() {
        isForced = true;
    }

    boolean isAsking() {
        return isAsking;
    }

    /**
     * Tells whether it is time to ask.
     *
     * @param jobs how many this process holds, running or waiting
     */
    boolean isDue(int jobs, long nowNs) {
        if (isAsking || !(isForced || throttle.isLimited())) {
            return false;
        }
        long sinceNs = nowNs - askedNs;
        if (isForced) {
            return true;
        } else if (jobs == 0 && askedFor == 0 && share == 0 && unitShare == 0) {
            return false;
        } else if (sinceNs >= EVERY_NS || (isWaiting && sinceNs >= SOON_NS)) {
            return true;
        }
        return sinceNs >= AT_ONCE_NS && (needsMore(jobs) || needsUnits(sinceNs, nowNs) || canGiveUp());
    }

    private boolean needsMore(int jobs) {
        int wants = wants(jobs);
        return wants > askedFor && throttle.share() < wants;
    }

    private boolean needsUnits(long sinceNs, long nowNs) {
        if (throttle.rate().isEmpty()) {
            return false;
        }
        int wants = wantsUnits(nowNs);
        return throttle.units() < wants && (wants > askedForUnits || sinceNs >= SOON_NS);
    }

    private boolean canGiveUp() {
        return (share > throttle.share() && throttle.running() + gate.uncounted() < share)
                || unitShare > throttle.units();
    }

    private int wantsUnits(long nowNs) {
        return throttle.wantedUnits(gate.waitingJobs(), gate.running(), nowNs);
    }

    private int wants(int jobs) {
        return Math.min(throttle.workers(), jobs);
    }

    Limits.Ask ask(long queue, int jobs, long nowNs) {
        isAsking = true;
        isForced = false;
        askedNs = nowNs;
        throttle.setWorkers(runner.workers());
        askedFor = wants(jobs);
        askedForUnits = wantsUnits(nowNs);
        return new Limits.Ask(
                queue,
                owner,
                throttle.holds(gate.uncounted(), nowNs),
                askedFor,
                throttle.rate(),
                throttle.holdsUnits(nowNs),
                askedForUnits,
                throttle.takeSurplus(),
                leaseNs / 1_000_000);
    }

    /**
     * Tells what came of it.
     *
     * @param sinceNs when it was asked for
     */
    void leased(Leased leased, long sinceNs, long nowNs) {
        isAsking = false;
        share = leased.concurrency().map(given -> given.share()).orElse(0);
        unitShare = leased.rate().map(part -> part.units().share()).orElse(0);
        isWaiting = leased.concurrency().map(Given::isWaiting).orElse(false)
                || leased.rate().map(part -> part.units().isWaiting()).orElse(false);
        if (throttle.lease(leased, sinceNs + leaseNs * 5 / 6, nowNs)) {
            gate.recall();
        }
        gate.look();
    }

    void failed() {
        isAsking = false;
    }
}
