package dev.workpool.fuzz;

import akka.actor.typed.ActorRef;
import dev.workpool.job.Outcome;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.RetryPolicy;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/** A job that was submitted by a command to the pool's actor. */
final class CommandedSingle extends Submitted {
    private final Job job;
    private final Sink<Outcome<Job.Result>> sink;
    private final ActorRef<String> owner;

    CommandedSingle(Model model, SplittableRandom random) {
        super(model);
        this.job = model.job(this, 0, 0, random);
        this.sink = model.target.world().sink();
        this.owner = random.nextInt(3) == 0 ? model.target.world().mortal() : null;
    }

    void submit() {
        model.add(this);
        PoolCommand.Submit<Job, Job.Result> command = new PoolCommand.Submit<>(job, sink.ref());
        model.target.ref.tell(owner == null ? command : command.ownedBy(owner));
        returned();
    }

    @Override
    CompletionStage<?> completion() {
        return sink.first();
    }

    /** Commands come by the mailbox, and what is asked of a pool that was started may come before them. */
    @Override
    boolean isTakenAtOnce() {
        return model.target.isActor();
    }

    @Override
    void cancel(SplittableRandom random) {
        if (owner != null) {
            cancelled = true;
            owner.tell("stop");
        }
    }

    @Override
    void check() {
        if (sink.count() > 1) {
            find("a command is answered twice", text());
        }
        Outcome<Job.Result> outcome = sink.first().getNow(null);
        if (outcome != null) {
            check(job, outcome);
        }
    }

    @Override
    boolean isTimed() {
        return model.scenario.jobTimeout.isPresent();
    }

    @Override
    boolean mayHalt() {
        return false;
    }

    @Override
    RetryPolicy retry() {
        return model.scenario.retry;
    }

    @Override
    String textOfOpen() {
        return job.text();
    }

    @Override
    String text() {
        return "commanded single" + (cancelled ? " (cancelled)" : "") + (inTime ? "" : " (late)");
    }
}
