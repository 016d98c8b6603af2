package dev.workpool.internal.dispatcher;

import akka.actor.typed.ActorRef;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.RateLimit;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Grants jobs to the router: as many as it has asked for, no faster than the rate limit allows, and none during a pause
 * or a hold. Confined to the dispatcher's thread.
 */
final class Granting<J, R> {
    /** To take a slice out of the queue, and to tell the router. */
    private static final int STEPS_TO_GRANT = 8;

    private final Backlog<J, R> backlog;
    private final ActorRef<Router.Command<R>> router;
    private final LongSupplier clock;

    /** Null if there is no limit. */
    private RateLimiter limiter;

    private boolean paused;

    /** Whether nothing is granted at the moment, or ever again. The router need not know. */
    private boolean suspended;

    private boolean ended;

    /** Whether nothing is to begin for a time, and until when. */
    private boolean held;

    private long heldUntilNs;

    /** Jobs granted in all, and jobs that may have been granted in all. */
    private long granted;

    private long demanded;

    /** Up to how many jobs in all go to workers that are idle. */
    private long forIdle;

    private final LongWork work;
    private final PoolEvents events;

    /** How many jobs may be granted for each message. */
    private final Steps steps;

    /** How many jobs of a batch are granted at least, if there are so many. */
    private int turn = 1;

    /**
     * Grants nothing yet.
     *
     * @param workers how many there are at first, all of them idle
     * @param work goes on with what takes long
     * @param events tell of pauses
     */
    Granting(
            Backlog<J, R> backlog,
            ActorRef<Router.Command<R>> router,
            LongSupplier clock,
            Optional<RateLimit> limit,
            int workers,
            LongWork work,
            PoolEvents events) {
        this.events = events;
        this.forIdle = workers;
        this.work = work;
        this.steps = work.steps().again();
        this.backlog = backlog;
        this.router = router;
        this.clock = clock;
        limit(limit);
    }

    void publish(PublishedNumbers<OfDispatcher> numbers) {
        numbers.set(OfDispatcher.PAUSED, paused ? 1 : 0);
        numbers.set(OfDispatcher.HELD_UNTIL_NS, held ? heldUntilNs : PoolGauges.NOTHING);
    }

    /** Changes the rate limit; without one, nothing is limited. */
    void limit(Optional<RateLimit> limit) {
        if (limit.isEmpty()) {
            limiter = null;
            return;
        }
        RateLimit it = limit.get();
        long now = clock.getAsLong();
        if (limiter == null) {
            limiter = new RateLimiter(it.perSecond(), it.burst(), now);
            if (!backlog.isEmpty()) {
                limiter.take(
                        it.burst()); // no time was idle; and what comes back now had no permit, which it yet gives back
                recallUnstarted();
            }
        } else {
            limiter.setRate(it.perSecond(), it.burst(), now);
        }
    }

    /** Jobs that were granted without a limit would begin without one. */
    private void recallUnstarted() {
        if (!isStopped()) {
            router.tell(new Router.Pause<>());
            router.tell(new Router.Resume<>());
        }
        router.tell(new Router.NothingQueued<>()); // nothing that comes at once
    }

    void pause() {
        boolean before = isStopped();
        tellIfPausedIs(true);
        paused = true;
        tellIfChanged(before);
    }

    void resume() {
        boolean before = isStopped();
        tellIfPausedIs(false);
        paused = false;
        tellIfChanged(before);
    }

    private void tellIfPausedIs(boolean now) {
        if (paused != now) {
            events.paused(now);
        }
    }

    /** Grants nothing for a time, or longer, if that has been said before. */
    void hold(long ns) {
        if (ns > 0) {
            boolean before = isStopped();
            long untilNs = clock.getAsLong() + ns;
            heldUntilNs = held && heldUntilNs - untilNs > 0 ? heldUntilNs : untilNs;
            held = true;
            events.slowedDown(ns);
            tellIfChanged(before);
        }
    }

    private void endHoldIfDue() {
        if (held && heldUntilNs - clock.getAsLong() <= 0) {
            boolean before = isStopped();
            held = false;
            tellIfChanged(before);
        }
    }

    /** A pause and a hold may overlap; the router knows only whether there is one of them. */
    private boolean isStopped() {
        return paused || held;
    }

    private void tellIfChanged(boolean before) {
        if (isStopped() != before) {
            router.tell(before ? new Router.Resume<>() : new Router.Pause<>());
        }
    }

    void demand(long upTo, int newTurn, long upToForIdle) {
        demanded = upTo;
        turn = newTurn;
        forIdle = upToForIdle;
    }

    /** How many more jobs could begin at once, as there are workers that are idle. */
    long idle() {
        long idle = isStopped() ? 0 : forIdle - granted;
        return idle <= 0 ? 0 : Math.min(idle, allowed());
    }

    void giveBack(Router.Returned<R> returned) {
        granted -= returned.slice().size();
        forIdle -= returned.slice().size(); // they came back though nobody has told yet that somebody is idle
        demanded = returned.upTo();
        unused(returned.slice().size());
    }

    /** Jobs that were granted have not begun, and will not by that grant. */
    void unused(long jobs) {
        if (limiter != null) {
            limiter.giveBack(jobs);
        }
    }

    /** Grants nothing for a moment. */
    void suspend() {
        suspended = true;
    }

    /** Grants again. */
    void goOn() {
        suspended = false;
    }

    /** Stops granting for good: every job is about to be cancelled. */
    void end() {
        ended = true;
    }

    /** Grants what can be granted now. */
    void proceed() {
        if (suspended || ended) {
            return;
        }
        endHoldIfDue();
        steps.renew();
        while (granted < demanded && !isStopped()) {
            if (!steps.take(STEPS_TO_GRANT)) {
                work.ask(); // jobs that come one by one, as those that are tried again, may be many
                break;
            }
            if (!grant(Math.min(allowed(), demanded - granted))) {
                break;
            }
        }
        if (limiter != null) {
            if (isWaiting()) {
                limiter.waiting(clock.getAsLong());
            } else {
                limiter.idle(clock.getAsLong());
            }
        }
    }

    /**
     * Grants what workers that are idle would get anyway, before anybody decides what becomes of the jobs behind. A
     * worker that is idle is as good as a demand, which may not have come yet.
     */
    void grantToIdle() {
        while (!suspended && !ended && grant(idle())) {
            steps.take(STEPS_TO_GRANT);
        }
    }

    /** Grants the next jobs, at most so many, unless there are none. */
    private boolean grant(long most) {
        Slice<R> slice = most == 0 ? null : backlog.next(most, turn);
        if (slice == null) {
            return false;
        }
        granted += slice.size();
        if (limiter != null) {
            limiter.take(slice.size());
        }
        router.tell(new Router.Grant<>(slice, expected(), backlog.weights(slice)));
        return true;
    }

    private boolean isWaiting() {
        return granted < demanded && !isStopped() && backlog.queued() > 0;
    }

    /** Whether a job could begin if there were a permit, which is to be known before one comes. */
    private boolean lacksPermit() {
        return forIdle > granted && !isStopped() && allowed() == 0;
    }

    private long allowed() {
        return limiter == null ? Long.MAX_VALUE : limiter.available(clock.getAsLong());
    }

    /** How many jobs the router may expect without having to wait for more than its own demand. */
    long expected() {
        return isStopped() || ended ? 0 : Math.min(backlog.queued(), allowed());
    }

    /** Whether jobs could begin if it were later. */
    boolean isWaitingForTime() {
        return backlog.queued() > 0 && (held || (limiter != null && isWaiting() && allowed() == 0));
    }

    /**
     * When a hold ends, or there will be a permit for a job that waits for one; {@link TimerQueue#NEVER} if neither is
     * so.
     */
    long nextDueNs() {
        if (suspended || ended) {
            return TimerQueue.NEVER;
        }
        if (held) {
            return heldUntilNs;
        }
        return limiter != null && (isWaiting() || lacksPermit()) ? limiter.nextNs(clock.getAsLong()) : TimerQueue.NEVER;
    }
}
