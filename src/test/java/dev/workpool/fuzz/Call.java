package dev.workpool.fuzz;

import dev.workpool.job.JobContext;

/** One call of the handler, from its begin to its end. */
final class Call {
    final Model model;
    final Job job;

    /** Null where the handler gets none. */
    final JobContext context;

    final int attempt;

    /** Whether the submitter's thread runs it, in addition to the workers, and nobody can tell it to stop. */
    final boolean byCaller;

    /** How many permits it is known to take. Written once, when it begins. */
    int permits;

    private boolean over;

    private Call(Model model, Job job, JobContext context, int attempt, boolean byCaller) {
        this.model = model;
        this.job = job;
        this.context = context;
        this.attempt = attempt;
        this.byCaller = byCaller;
    }

    static Call begin(Job job, JobContext context) {
        Model model = job.owner.model;
        boolean interrupted = Thread.currentThread().isInterrupted();
        int calls = job.calls.incrementAndGet();
        int attempt = context == null ? calls : context.attempt();
        boolean byCaller = context == null ? Submitting.isOn() : context.workerIndex() == -1;
        Call call = new Call(model, job, context, attempt, byCaller);
        if (attempt < 1 || attempt > Scenario.MOST_ATTEMPTS) {
            model.findings.add("an attempt has a number out of range", attempt + ": " + job.text());
        } else if ((job.attempts.getAndUpdate(bits -> bits | 1 << attempt) & 1 << attempt) != 0) {
            model.findings.add("an attempt is made twice", attempt + ": " + job.text());
        }
        if (byCaller) {
            job.callerRan = true;
        } else {
            call.checkInterrupt(interrupted);
            model.enter(call);
        }
        job.owner.checkContext("handler");
        job.owner.onBegin(call);
        return call;
    }

    /** A thread is interrupted only while it runs what was cancelled; which is so before the interrupt comes. */
    private void checkInterrupt(boolean interrupted) {
        if (interrupted && context == null) {
            job.interruptedAttempt = attempt;
        } else if (interrupted && !context.isCancelled()) {
            model.findings.add("a handler begins interrupted", job.text());
        }
    }

    /** Whether the job is to stop, as far as the context says. */
    boolean isCancelled() {
        return context != null && context.isCancelled();
    }

    /** To be called before anybody can see that it is over; counts once, and has been counted when any call returns. */
    synchronized void end(Object value) {
        if (!over) {
            over = true;
            if (attempt >= 1 && attempt <= Scenario.MOST_ATTEMPTS) {
                job.ends.set(attempt, value);
            }
            job.owner.onEnd(this);
            if (!byCaller) {
                model.leave(this);
            }
        }
    }
}
