package dev.workpool.internal.dispatcher;

import akka.Done;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.ConsumerCalls;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.Outcome;
import dev.workpool.protocol.PoolCommand;
import java.util.concurrent.Executor;

/** Turns the commands of actors into the requests that a pool handles. Used on the thread of the pool's actor. */
final class Commands<J, R> {
    private final ActorOwners<J, R> owners;
    private final String pool;
    private final Executor callbacks;

    /**
     * Takes commands of actors.
     *
     * @param owners of what they have run
     * @param pool the pool's name
     * @param callbacks runs users' code
     */
    Commands(ActorOwners<J, R> owners, String pool, Executor callbacks) {
        this.owners = owners;
        this.pool = pool;
        this.callbacks = callbacks;
    }

    Request<J, R> toRequest(PoolCommand<J, R> command) {
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
                            owned -> new Submission.Cancel<>(owned, true));
        } else if (command instanceof PoolCommand.CancelBatch<J, R> cancel) {
            return new Submission.CancelNamed<>(cancel.name());
        } else if (command instanceof PoolCommand.Resize<J, R> resize) {
            return new Request.Resize<>(resize.workers());
        } else if (command instanceof PoolCommand.SetRateLimit<J, R> set) {
            return new Request.Limit<>(set.limit());
        } else if (command instanceof PoolCommand.Pause<J, R>) {
            return new Request.Pause<>(() -> {});
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

    private Single<J, R> single(PoolCommand.Submit<J, R> submit, Runnable done) {
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

    private BatchSubmission<J, R> batch(PoolCommand.SubmitAll<J, R> submit, Runnable done) {
        PagedList<J> jobs = PagedList.copyOf(submit.jobs());
        Label label = Label.ofBatch(submit.options().name());
        ConsumerCalls<J, R> calls = submit.consumer()
                .map(consumer -> new ConsumerCalls<J, R>(consumer, jobs, Contexts.NONE, pool, label))
                .orElse(null);
        BatchReceiver<R> receiver = BatchReceiver.forActor(calls, callbacks, result -> {
            submit.replyTo().tell(result);
            done.run();
        });
        return new BatchSubmission<>(label, jobs, submit.options(), receiver);
    }
}
