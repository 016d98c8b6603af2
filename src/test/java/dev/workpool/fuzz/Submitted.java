package dev.workpool.fuzz;

import dev.workpool.job.Outcome;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Jobs that were submitted together, what may become of them, and what has. */
abstract class Submitted {
    final Model model;

    /** Somebody has cancelled it, or may have. */
    volatile boolean cancelled;

    /** Whether nobody had asked for the pool's end when the submission returned: then it was not too late. */
    volatile boolean inTime;

    /** How often a context was captured for it. */
    final AtomicInteger captures = new AtomicInteger();

    Submitted(Model model) {
        this.model = model;
    }

    /** Whether nobody had asked for the pool's end when the submission returned, whatever way it has taken. */
    volatile boolean beforeEnd;

    /** To be called when the submission has returned. */
    void returned() {
        beforeEnd = !model.ending;
        inTime = !model.ending && isTakenAtOnce();
    }

    /** Whether what has been submitted is taken before anything that is asked of the pool from then on. */
    boolean isTakenAtOnce() {
        return true;
    }

    /** Whether a reply is certain, even if somebody asks for the pool's end: a command that comes after that is nobody's. */
    final boolean isAnsweredAnyway() {
        return beforeEnd || !isCommand();
    }

    /** Whether it was told to the pool's actor. */
    final boolean isCommand() {
        return this instanceof CommandedBatch || this instanceof CommandedSingle;
    }

    /** Completes when all jobs have their outcome. */
    abstract CompletionStage<?> completion();

    abstract void cancel(SplittableRandom random);

    /** Whether all of it has succeeded; when it is complete. */
    boolean hasSucceeded() {
        return completion().toCompletableFuture().getNow(null) instanceof Object[];
    }

    /** What has come of it, for a finding. */
    String ended() {
        Object end = completion().toCompletableFuture().getNow(null);
        return end instanceof Throwable error
                ? ": " + error.getClass().getName() + ": " + error.getMessage()
                : ": " + end;
    }

    /** Compares what has come with what may. When all is over. */
    abstract void check();

    abstract String text();

    /** With its jobs that have no outcome, for a finding. */
    String textOfOpen() {
        return text();
    }

    /** Whether a job may time out. */
    /** How many permits each of its jobs takes. */
    int permits() {
        return 1;
    }

    abstract boolean isTimed();

    /** Whether a job may be cancelled, besides by {@link #cancelled} and the pool's end. */
    abstract boolean mayHalt();

    /** Whether an attempt that failed may have stayed the last, though there were more to come. */
    boolean mayGiveUp() {
        return model.scenario.hasRetryBudget || model.scenario.drops() || model.cancelling || cancelled || mayHalt();
    }

    /** To be called where the context of who submitted it is to be; commands carry none. */
    final void checkContext(String where) {
        if (model.scenario.has(Trait.CONTEXTS)) {
            model.contexts.check(isCommand() ? null : this, where);
        }
    }

    void onBegin(Call call) {}

    void onEnd(Call call) {}

    final void find(String kind, String detail) {
        model.findings.add(kind, detail);
    }

    /** Compares the outcome of a job with its calls. */
    final void check(Job job, Outcome<?> outcome) {
        int calls = job.calls.get();
        int attempts = outcome.attempts();
        String text = outcomeText(outcome) + ": " + job.text();
        if (outcome instanceof Outcome.Succeeded<?> succeeded) {
            checkResult(job, succeeded.value(), attempts, text);
            checkCalls(calls == attempts, calls, attempts, text);
        } else if (outcome instanceof Outcome.Failed<?> failed) {
            checkError(job, failed, text);
            checkCalls(calls == attempts, calls, attempts, text);
        } else if (outcome instanceof Outcome.Rejected) {
            if (calls > 0) {
                find("a rejected job has run", text);
            }
            boolean toldInTime =
                    inTime && !model.scenario.ending.isSudden; // else the pool may be stopped before it hears of it
            if (toldInTime && model.scenario.whenFull.isEmpty()) {
                find("a job is rejected by a pool that is open and not full", text);
            }
        } else {
            checkCalls(
                    attempts == 0
                            ? calls == 0
                            : calls == attempts
                                    || calls == attempts - 1
                                    || (attempts == 1 && model.scenario.ending.isSudden),
                    calls,
                    attempts,
                    text);
            if (outcome instanceof Outcome.TimedOut && !isTimed()) {
                find("a job times out without a time-out", text);
            }
            if (outcome instanceof Outcome.Cancelled && !cancelled && !mayHalt() && !model.cancelling) {
                find("a job is cancelled, and nobody has asked for it", text);
            }
        }
        if (job.interruptedAttempt == attempts
                && attempts > 0
                && (outcome.isSuccess() || outcome instanceof Outcome.Failed)) {
            find("a handler begins interrupted", text);
        }
    }

    private void checkCalls(boolean exact, int calls, int attempts, String text) {
        boolean allowed = exact
                // An attempt may be over before its handler is called, if it was abandoned or has no context.
                || (calls < attempts && (model.scenario.has(Trait.STUBBORN) || model.contexts.haveFailed()));
        if (!allowed) {
            find("attempts are not calls", calls + " calls, " + attempts + " attempts: " + text);
        }
    }

    private void checkResult(Job job, Object value, int attempts, String text) {
        boolean own =
                isEnd(job, attempts, end -> end instanceof Object[] results && results[0] == value) || isObtruded(job);
        if (!own) {
            find("a result is not what the handler returned", text);
        }
    }

    private void checkError(Job job, Outcome.Failed<?> failed, String text) {
        Throwable error = failed.error();
        boolean own = isEnd(job, failed.attempts(), end -> isError(end, error))
                || isObtruded(job)
                || (job.plan.style == Plan.Style.NO_STAGE && model.scenario.kind.isAsync())
                || model.contexts.haveFailed()
                || job.plan.acts.contains(Plan.Act.SLOW_DOWN);
        if (!own) {
            find("an error is not what the handler threw", text);
        }
        boolean unsure = model.contexts.haveFailed() && this instanceof SubmittedSingle; // which attempt it was
        boolean byCaller = job.callerRan || (error instanceof Contexts.NotAttached && model.scenario.callersRun());
        if (!mayGiveUp() && !byCaller && !unsure && isRetried(failed)) {
            find("a job that failed is not tried again", text);
        }
    }

    private boolean isRetried(Outcome<?> failed) {
        try {
            return retry().retries(failed);
        } catch (IllegalArgumentException e) {
            return false; // a condition that throws
        }
    }

    /** Whether an attempt ended so. Where the handler has no context, nobody knows which attempt it was if one had no call, or a late one. */
    private boolean isEnd(Job job, int attempt, Predicate<Object> so) {
        boolean unsure = model.scenario.kind == Scenario.Kind.SIMPLE
                && (model.scenario.has(Trait.STUBBORN) || model.contexts.haveFailed());
        for (int i = 0; i <= Scenario.MOST_ATTEMPTS; i++) {
            if ((i == attempt || unsure) && so.test(job.ends.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether this is what was thrown, or what was in it. */
    static boolean isError(Object thrown, Throwable error) {
        return thrown == error || (thrown instanceof CompletionException wrapper && wrapper.getCause() == error);
    }

    /** Whether its stage may have been seen with the result that it was given at last. */
    private boolean isObtruded(Job job) {
        return job.plan.style == Plan.Style.OBTRUDES && model.scenario.kind.isAsync();
    }

    abstract dev.workpool.settings.RetryPolicy retry();

    /** Without the error's own words, which may not come. */
    static String outcomeText(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failed<?> failed
                ? "Failed(" + failed.error().getClass().getName() + ", " + failed.attempts() + ")"
                : outcome.toString();
    }
}
