package dev.workpool.actor;

import akka.Done;
import dev.workpool.Outcome;
import dev.workpool.PoolCommand;

/** What actors tell a pool, as the requests that it handles. */
final class Commands {
    private Commands() {}

    static <J, R> Request<J, R> toRequest(PoolCommand<J, R> command, Owners<J, R> owners) {
        if (command instanceof PoolCommand.Submit<J, R> submit) {
            return submit.owner().isEmpty()
                    ? single(submit, () -> {})
                    : owners.own(submit.owner().get(), done -> single(submit, done), Single.Cancel::new);
        } else if (command instanceof PoolCommand.SubmitAll<J, R> submit) {
            return submit.owner().isEmpty()
                    ? batch(submit, () -> {})
                    : owners.own(
                            submit.owner().get(),
                            done -> batch(submit, done),
                            owned -> new Submission.Cancel<>(batch -> batch == owned, true));
        } else if (command instanceof PoolCommand.CancelBatch<J, R> cancel) {
            return new Submission.Cancel<>(batch -> batch.options().id().equals(cancel.batchId()), true);
        } else if (command instanceof PoolCommand.Resize<J, R> resize) {
            return new Request.Resize<>(resize.workers());
        } else if (command instanceof PoolCommand.SetRateLimit<J, R> set) {
            return new Request.Limit<>(set.limit());
        } else if (command instanceof PoolCommand.Pause<J, R>) {
            return new Request.Pause<>();
        } else if (command instanceof PoolCommand.Resume<J, R>) {
            return new Request.Resume<>();
        } else if (command instanceof PoolCommand.GetStats<J, R> question) {
            return new Request.Stats<>(question.replyTo()::tell);
        } else if (command instanceof PoolCommand.Drain<J, R> drain) {
            return new Request.End<>(
                    Request.End.How.DRAIN, () -> drain.replyTo().tell(Done.getInstance()));
        } else if (command instanceof PoolCommand.Abort<J, R> abort) {
            return new Request.End<>(
                    Request.End.How.ABORT, () -> abort.replyTo().tell(Done.getInstance()));
        }
        throw new IllegalArgumentException("unknown command " + command);
    }

    private static <J, R> Single<J, R> single(PoolCommand.Submit<J, R> submit, Runnable done) {
        return new Single<>(submit.job()) {
            @Override
            protected void settle(Outcome<R> outcome) {
                submit.replyTo().tell(outcome);
                done.run();
            }

            @Override
            protected boolean isDirect() {
                return true;
            }
        };
    }

    private static <J, R> BatchSubmission<J, R> batch(PoolCommand.SubmitAll<J, R> submit, Runnable done) {
        return BatchSubmission.forActor(Pages.copyOf(submit.jobs()), submit.options(), result -> {
            submit.replyTo().tell(result);
            done.run();
        });
    }
}
