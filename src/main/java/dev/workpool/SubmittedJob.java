package dev.workpool;

import dev.workpool.actor.GuardedFuture;
import dev.workpool.actor.Intake;
import dev.workpool.actor.PoolGuard;
import dev.workpool.actor.Single;

/**
 * The future of a job that was submitted by itself; cancelling it cancels the job. To cancel a stage that was made of it does not, as with
 * any other future.
 */
final class SubmittedJob<J, R> extends GuardedFuture<R> {
    private final Intake<J, R> intake;
    private final Single<J, R> request;

    SubmittedJob(J job, Intake<J, R> intake, PoolGuard guard) {
        super(guard);
        this.intake = intake;
        this.request = new Single<>(job) {
            @Override
            protected void settle(Outcome<R> outcome) {
                completeWith(outcome);
            }
        };
    }

    Single<J, R> request() {
        return request;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            intake.offer(new Single.Cancel<>(request));
        }
        return cancelled;
    }

    private void completeWith(Outcome<R> outcome) {
        if (outcome instanceof Outcome.Succeeded<R> succeeded) {
            complete(succeeded.value());
        } else {
            completeExceptionally(outcome.problem().orElseThrow());
        }
    }
}
