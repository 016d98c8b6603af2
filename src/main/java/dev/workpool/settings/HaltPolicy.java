package dev.workpool.settings;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says when a batch is stopped before all of its jobs have run. Immutable and thread-safe. Each added condition gives a
 * new, checked policy, and any one condition is enough: {@code HaltPolicy.now().succeeded(1)} is "the first success
 * wins", {@code HaltPolicy.soon().failed(10).failedPercent(5)} gives up at 10 failures or at 5 % of the jobs, whichever
 * is first.
 *
 * <p>{@link #now} also cancels running jobs, {@link #soon} lets them finish. Jobs that have not begun become {@link
 * Outcome.Cancelled} either way. Jobs that end at the same moment all count, so the numbers may end up higher than the
 * condition's. Percentages are of {@link BatchProgress#total}, the jobs submitted so far.
 *
 * <p>The default is {@link #never}. A number out of range fails with an {@link IllegalArgumentException} that names it
 * and what is allowed.
 */
public final class HaltPolicy {
    private static final HaltPolicy NEVER = new HaltPolicy(Moment.NEVER, Set.of());
    private static final HaltPolicy SOON = new HaltPolicy(Moment.SOON, Set.of());
    private static final HaltPolicy NOW = new HaltPolicy(Moment.NOW, Set.of());

    private enum Moment {
        NEVER,
        SOON,
        NOW
    }

    private enum Ended {
        FAILED,
        SUCCEEDED,
        DONE;

        long in(BatchProgress progress) {
            return switch (this) {
                case FAILED -> progress.failed() + progress.timedOut();
                case SUCCEEDED -> progress.succeeded();
                case DONE -> progress.done();
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private sealed interface Condition {
        boolean isReached(BatchProgress progress);
    }

    private record Jobs(Ended ended, long jobs) implements Condition {
        Jobs {
            if (jobs < 1) {
                throw new IllegalArgumentException(ended + " jobs to halt at = " + jobs + "; allowed: 1 or more");
            }
        }

        @Override
        public boolean isReached(BatchProgress progress) {
            return ended.in(progress) >= jobs;
        }

        @Override
        public String toString() {
            return jobs + " " + ended;
        }
    }

    private record Percent(Ended ended, double percent) implements Condition {
        Percent {
            boolean allowed = percent > 0 && percent <= 100; // false for what is not a number, too
            if (!allowed) {
                throw new IllegalArgumentException(
                        ended + " percent to halt at = " + percent + "; allowed: above 0, to 100");
            }
        }

        /** Divides, because 0.07 % of 10 000 multiplied is a little more than 7. Of no jobs, nothing is reached. */
        @Override
        public boolean isReached(BatchProgress progress) {
            return ended.in(progress) * 100.0 / progress.total() >= percent;
        }

        @Override
        public String toString() {
            return percent + " % " + ended;
        }
    }

    private final Moment moment;
    private final Set<Condition> conditions;

    private HaltPolicy(Moment moment, Set<Condition> conditions) {
        this.moment = moment;
        this.conditions = conditions;
    }

    /**
     * Returns the policy that runs every job. It takes no conditions: adding one fails with an {@link
     * IllegalStateException}.
     *
     * @return the policy that is never reached
     */
    public static HaltPolicy never() {
        return NEVER;
    }

    /**
     * Returns a policy that cancels running jobs, and those that have not begun, once a condition is reached.
     *
     * @return a policy without a condition, which is never reached
     */
    public static HaltPolicy now() {
        return NOW;
    }

    /**
     * Returns a policy that cancels the jobs that have not begun, and lets running ones finish, once a condition is
     * reached.
     *
     * @return a policy without a condition, which is never reached
     */
    public static HaltPolicy soon() {
        return SOON;
    }

    /**
     * Halts, too, when so many jobs have failed or timed out.
     *
     * @param jobs 1 or more
     * @return a policy with one condition more
     */
    public HaltPolicy failed(long jobs) {
        return or(new Jobs(Ended.FAILED, jobs));
    }

    /**
     * Halts, too, when this share of the jobs has failed or timed out.
     *
     * @param percent above 0, to 100
     * @return a policy with one condition more
     */
    public HaltPolicy failedPercent(double percent) {
        return or(new Percent(Ended.FAILED, percent));
    }

    /**
     * Halts, too, when so many jobs have succeeded.
     *
     * @param jobs 1 or more
     * @return a policy with one condition more
     */
    public HaltPolicy succeeded(long jobs) {
        return or(new Jobs(Ended.SUCCEEDED, jobs));
    }

    /**
     * Halts, too, when this share of the jobs has succeeded.
     *
     * @param percent above 0, to 100
     * @return a policy with one condition more
     */
    public HaltPolicy succeededPercent(double percent) {
        return or(new Percent(Ended.SUCCEEDED, percent));
    }

    /**
     * Halts, too, when so many jobs have their outcome, whichever it is.
     *
     * @param jobs 1 or more
     * @return a policy with one condition more
     */
    public HaltPolicy done(long jobs) {
        return or(new Jobs(Ended.DONE, jobs));
    }

    /**
     * Halts, too, when this share of the jobs has its outcome, whichever it is.
     *
     * @param percent above 0, to 100
     * @return a policy with one condition more
     */
    public HaltPolicy donePercent(double percent) {
        return or(new Percent(Ended.DONE, percent));
    }

    /** Rejects a policy of now or soon that has no condition: it would never halt. */
    void checkCondition() {
        if (moment != Moment.NEVER && conditions.isEmpty()) {
            throw new IllegalArgumentException(
                    "halt policy of a batch = " + this
                            + ", which never halts; allowed: a condition, as in HaltPolicy.now().failed(1), or HaltPolicy.never()");
        }
    }

    private HaltPolicy or(Condition condition) {
        if (moment == Moment.NEVER) {
            throw new IllegalStateException(
                    "HaltPolicy.never() takes no condition (" + condition + "); allowed: HaltPolicy.now() and soon()");
        }
        Set<Condition> more = new LinkedHashSet<>(conditions);
        more.add(condition);
        return new HaltPolicy(moment, more);
    }

    /**
     * Tells whether a batch with this progress is to be stopped.
     *
     * @param progress how far it is
     * @return true if one of the conditions is reached
     */
    public boolean isReached(BatchProgress progress) {
        if (conditions.isEmpty()) { // as mostly, and this is asked for every chunk that ends
            return false;
        }
        for (Condition condition : conditions) {
            if (condition.isReached(progress)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a condition is a percentage, for which the number of jobs has to be known. */
    boolean needsTotal() {
        return conditions.stream().anyMatch(Percent.class::isInstance);
    }

    /** {@return whether running jobs are cancelled, too} */
    public boolean isNow() {
        return moment == Moment.NOW;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HaltPolicy that && moment == that.moment && conditions.equals(that.conditions);
    }

    @Override
    public int hashCode() {
        return Objects.hash(moment, conditions);
    }

    @Override
    public String toString() {
        String when = moment.name().toLowerCase(Locale.ROOT);
        return conditions.stream()
                .map(Condition::toString)
                .collect(Collectors.joining(" or ", "HaltPolicy(" + when + (conditions.isEmpty() ? "" : " at "), ")"));
    }
}
