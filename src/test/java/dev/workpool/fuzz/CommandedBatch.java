package dev.workpool.fuzz;

import akka.actor.typed.ActorRef;
import dev.workpool.job.BatchResult;
import dev.workpool.protocol.PoolCommand;
import java.util.SplittableRandom;

/** A batch that was submitted by a command to the pool's actor, and may belong to another actor. */
final class CommandedBatch extends AnyBatch {
    private final Sink<BatchResult<Job.Result>> sink;
    private final ActorRef<String> owner;

    CommandedBatch(Model model, int size, SplittableRandom random) {
        super(model, size, 0, random);
        this.sink = model.target.world().sink();
        this.owner = random.nextInt(3) == 0 ? model.target.world().mortal() : null;
        sink.first().thenAccept(this::ended);
    }

    void submit() {
        model.add(this);
        PoolCommand.SubmitAll<Job, Job.Result> plain = new PoolCommand.SubmitAll<>(jobs, options, sink.ref());
        PoolCommand.SubmitAll<Job, Job.Result> command = consumed == null ? plain : plain.withConsumer(consumed);
        model.target.ref.tell(owner == null ? command : command.ownedBy(owner));
        returned();
    }

    /** Commands come by the mailbox, and what is asked of a pool that was started may come before them. */
    @Override
    boolean isTakenAtOnce() {
        return model.target.isActor();
    }

    @Override
    void cancel(SplittableRandom random) {
        if (owner != null && random.nextBoolean()) {
            cancelled = true;
            owner.tell("stop");
            return;
        }
        // All of that id, whosever they are.
        for (Submitted each : model.submitted()) {
            if (each instanceof AnyBatch batch && batch.plan.id.equals(plan.id)) {
                batch.cancelled = true;
            } else if (each instanceof SubmittedStream stream && stream.plan.id.equals(plan.id)) {
                stream.cancelled = true;
            }
        }
        model.batchIdsCancelled.add(plan.id);
        model.target.ref.tell(new PoolCommand.CancelBatch<>(plan.id));
    }

    @Override
    void check() {
        cancelled |= model.batchIdsCancelled.contains(plan.id);
        if (sink.count() > 1) {
            find("a command is answered twice", text());
        }
        BatchResult<Job.Result> result = end.getNow(null);
        if (result != null) {
            check(result);
        }
    }
}
