package dev.workpool.examples;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * An actor that asks a pool: it sums up numbers that are given as text, each of which is a job of a pool that is its child.
 *
 * <p>The answer to an ask comes back as a message of its own, on its own thread. How long a batch may take is the pool's to watch, so that what is
 * late does not go on unseen; the ask waits a little longer, and fails only if the pool is gone. A batch is the actor's own and
 * is cancelled when it stops. Whoever tests such an actor can give it a probe for a pool.
 */
public final class AskThePool extends AbstractBehavior<AskThePool.Command> {
    static final Duration BATCH_TIMEOUT = Duration.ofSeconds(30);
    static final Duration ASK_TIMEOUT = Duration.ofSeconds(40);

    private final ActorRef<PoolCommand<String, Integer>> pool;

    /** What it may be told. */
    sealed interface Command {}

    record Sum(List<String> numbers, ActorRef<Total> replyTo) implements Command {}

    private record Answer(BatchResult<Integer> result, Throwable error, ActorRef<Total> replyTo) implements Command {}

    /** The sum of what are numbers, and what is wrong with the rest. */
    record Total(int sum, List<String> problems) {}

    private AskThePool(ActorContext<Command> context, ActorRef<PoolCommand<String, Integer>> pool) {
        super(context);
        this.pool = pool;
    }

    /** With a pool that is a child of the actor, and stops with it. */
    static Behavior<Command> create() {
        return Behaviors.setup(context -> {
            WorkerPoolSettings settings = WorkerPoolSettings.create(context.getSystem(), "numbers");
            return new AskThePool(
                    context,
                    context.spawn(WorkerPool.behavior(settings, (String text) -> Integer.parseInt(text)), "pool"));
        });
    }

    /** With a pool that is somebody else's, such as the {@link WorkerPool#ref} of one that was started. */
    static Behavior<Command> create(ActorRef<PoolCommand<String, Integer>> pool) {
        return Behaviors.setup(context -> new AskThePool(context, pool));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Sum.class, this::onSum)
                .onMessage(Answer.class, this::onAnswer)
                .build();
    }

    // README: ask a pool
    private Behavior<Command> onSum(Sum sum) {
        BatchOptions options = BatchOptions.defaults().withTimeout(BATCH_TIMEOUT);
        CompletionStage<BatchResult<Integer>> result = AskPattern.ask(
                pool,
                replyTo -> new PoolCommand.SubmitAll<>(sum.numbers, options, replyTo)
                        .ownedBy(getContext().getSelf()),
                ASK_TIMEOUT,
                getContext().getSystem().scheduler());
        getContext().pipeToSelf(result, (answer, error) -> new Answer(answer, error, sum.replyTo));
        return this;
    }
    // README: end

    private Behavior<Command> onAnswer(Answer answer) {
        answer.replyTo.tell(
                answer.error == null ? total(answer.result) : new Total(0, List.of(answer.error.getMessage())));
        return this;
    }

    private static Total total(BatchResult<Integer> result) {
        int sum = 0;
        List<String> problems = new ArrayList<>();
        for (Outcome<Integer> outcome : result.outcomes()) {
            if (outcome instanceof Outcome.Succeeded<Integer> number) {
                sum += number.value();
            } else {
                problems.add(outcome.problem().orElseThrow().getMessage());
            }
        }
        return new Total(sum, problems);
    }
}
