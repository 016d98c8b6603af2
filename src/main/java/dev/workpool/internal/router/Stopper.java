package dev.workpool.internal.router;

import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.limit.ConcurrencyLimit;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.worker.JobDescriber;
import dev.workpool.internal.worker.Notice;
import dev.workpool.job.Outcome;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Stops running jobs that were cancelled or have taken too long, and abandons handlers that do not react. Confined to
 * the router's thread.
 */
final class Stopper<J, R> {
    /**
     * A handler counts as told after this time in any case: its grace must begin at some time, even if the callback
     * executor never runs its onCancel actions.
     */
    static final long TOLD_AT_LATEST_NS = TimeUnit.MINUTES.toNanos(1);

    private final Hiring<J, R> hiring;
    private final LongSupplier clock;
    private final Agenda agenda;
    private final long graceNs;
    private final int maxAbandoned;
    private final ConcurrencyLimit concurrencyLimit;
    private final JobDescriber describer;

    /** Handlers that run on although their job is settled, and those of them that keep their worker's place. */
    private int abandoned;

    private int held;

    /** Those of them that may return unnoticed. */
    private final Set<Assignment<J, R>> lookedAfter = new LinkedHashSet<>();

    Stopper(
            WorkerPoolSettings settings,
            LongSupplier clock,
            Agenda agenda,
            Hiring<J, R> hiring,
            ConcurrencyLimit concurrencyLimit) {
        this.hiring = hiring;
        this.clock = clock;
        this.agenda = agenda;
        this.graceNs = settings.cancelGrace().toNanos();
        this.maxAbandoned = settings.maxAbandoned();
        this.concurrencyLimit = concurrencyLimit;
        this.describer = new JobDescriber(settings);
    }

    int abandoned() {
        return abandoned;
    }

    /** Those of them that keep their worker's place. */
    int held() {
        return held;
    }

    /**
     * Stops the running job of a chunk for good: nobody waits for a handler whose time is over, unless that is asked
     * for.
     */
    void stop(Assignment<J, R> assignment, StopReason reason) {
        stop(assignment, assignment.chunk.running(), reason);
    }

    /** Stops a job if it is the one that runs. */
    void stop(Assignment<J, R> assignment, int position, StopReason reason) {
        Outcome<R> outcome = reason.after(assignment.slice.attempt());
        boolean stopped = tell(assignment, position, outcome) || isStopped(assignment, position);
        boolean waits = assignment.slice.batch().policy().atRest();
        if (stopped && !waits && outcome instanceof Outcome.TimedOut) {
            settle(assignment, position, outcome);
        }
    }

    /**
     * Whether the running job was told to stop before. Its outcome is not told yet, or telling it again has no effect.
     */
    private static boolean isStopped(Assignment<?, ?> assignment, int position) {
        return position >= 0 && assignment.stopped == position && assignment.chunk.running() == position;
    }

    private void settle(Assignment<J, R> assignment, int position, Outcome<R> outcome) {
        assignment.settled = position;
        hiring.settle(assignment.slice.part(position, position + 1), outcome);
    }

    /** Whether the job was running; then its handler is being told. */
    private boolean tell(Assignment<J, R> assignment, int position, Outcome<R> outcome) {
        if (position < 0 || !assignment.chunk.stop(position, outcome)) {
            return false;
        }
        assignment.stopped = position;
        assignment.stoppedOutcome = outcome;
        assignment.stoppedNs = clock.getAsLong();
        agenda.lookBy(assignment.stoppedNs + graceNs);
        assignment.notice =
                new Notice<>(assignment.chunk, position, toldClock(assignment), () -> hiring.told(assignment));
        assignment.runner.tell(
                assignment.notice); // last, as where it runs users' code on the spot that may do anything
        return true;
    }

    private LongSupplier toldClock(Assignment<J, R> assignment) {
        long stoppedNs = assignment.stoppedNs;
        return PoolClock.isByHand(clock) ? () -> stoppedNs : clock;
    }

    /** A worker begins a chunk. */
    void begins(Assignment<J, R> head) {
        Optional<Duration> timeout = timeout(head);
        if (timeout.isPresent()) {
            agenda.lookBy(head.begunNs + timeout.get().toNanos());
        }
    }

    /** The running job if it has taken too long; else −1, and a check is scheduled in time. */
    int late(Assignment<J, R> head, long now) {
        Optional<Duration> timeout = timeout(head);
        if (timeout.isEmpty()) {
            return -1;
        }
        int running = head.chunk.running();
        if (running < 0 || running == head.stopped) {
            agenda.lookBy(now + timeout.get().toNanos()); // of the job that comes next
            return -1;
        }
        long due = head.chunk.begunNs() + timeout.get().toNanos(); // of this job, or of one that has begun since
        if (due > now) {
            agenda.lookBy(due);
            return -1;
        }
        return running;
    }

    /**
     * Stops a job that has taken too long; no job follows it in its chunk. An outcome that is not told at once is told
     * when the handler has ended or is abandoned.
     */
    void timeOut(Assignment<J, R> head, int running) {
        Duration timeout = timeout(head).orElseThrow();
        Outcome<R> outcome = new Outcome.TimedOut<>(timeout, head.slice.attempt());
        boolean told = tell(head, running, outcome);
        if (told) {
            concurrencyLimit.overloaded();
        }
        if (told && head.slice.batch().policy().tellsAtOnce(outcome)) {
            settle(head, running, outcome);
        }
        agenda.lookBy(clock.getAsLong() + timeout.toNanos());
    }

    private static Optional<Duration> timeout(Assignment<?, ?> assignment) {
        return assignment.slice.batch().policy().timeout();
    }

    /**
     * Whether a handler has not reacted although its grace is over, which begins when it has been told. If not,
     * schedules a check for when it may be.
     */
    boolean isOverdue(Assignment<J, R> head, long now) {
        if (head.stopped < 0 || !head.chunk.isLeaving()) {
            return false;
        }
        long toldAtLatestNs = head.stoppedNs + TOLD_AT_LATEST_NS;
        boolean told = head.notice.isTold();
        if (!told && now < toldAtLatestNs) {
            agenda.lookBy(toldAtLatestNs);
            head.notice.await();
            return false;
        }
        long graceEndsNs = graceNs + (told ? Math.min(head.notice.toldNs(), toldAtLatestNs) : toldAtLatestNs);
        if (graceEndsNs > now) {
            agenda.lookBy(graceEndsNs);
        }
        return graceEndsNs <= now;
    }

    /**
     * Abandons a handler that runs on: its job ends without it.
     *
     * @return whether its worker is to be replaced; if not, it keeps its place until the handler returns
     */
    boolean abandon(Assignment<J, R> head) {
        hiring.acknowledge(
                head.slice.part(head.stopped, head.stopped + 1), Outcomes.copyOf(List.of(head.stoppedOutcome)));
        boolean replace = abandoned - held < maxAbandoned;
        abandoned++;
        held += replace ? 0 : 1;
        head.state = replace ? Assignment.State.ABANDONED : Assignment.State.HELD;
        head.abandon();
        head.runner.abandon(replace);
        if (head.runner.needsLooks()) {
            lookedAfter.add(head);
            head.nextLookNs = 0; // anew, as its worker's place may wait for it
            agenda.lookBy(clock.getAsLong());
        }
        Duration age = Duration.ofNanos(clock.getAsLong() - head.jobBegunNs());
        hiring.abandoned(head, () -> describer.running(head, head.stopped, age, doing(head)), replace);
        return replace;
    }

    /** On any thread. */
    private static String doing(Assignment<?, ?> abandoned) {
        String doing = abandoned.runner.doing();
        return abandoned.chunk.isLeaving() ? doing : "it has returned since"; // its thread may be elsewhere
    }

    /** Abandoned handlers that still run, as far as is known. Their runners need to be checked as all others do. */
    Collection<Assignment<J, R>> lookedAfter() {
        return lookedAfter;
    }

    /** An abandoned handler has returned after all. */
    void returned(Assignment<J, R> assignment) {
        lookedAfter.remove(assignment);
        abandoned--;
        held -= assignment.state == Assignment.State.HELD ? 1 : 0;
    }
}
