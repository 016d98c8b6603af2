package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.DeadLetter;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.scaladsl.AskPattern.Askable;
import akka.util.Timeout;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import scala.concurrent.Future;

/**
 * What is told to actors of a pool that ends: its own messages are no dead letters, and questions are answered until everybody could know that
 * nobody is there. Small by default; {@code -Dstress.scale=20} runs twenty times as many rounds, {@code -Dstress.seed} repeats the choices.
 */
class DeadLettersTest extends PoolTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);

    /** Opens and closes pools at whatever moment of Akka's ticks, with timers that are due then. */
    @Test
    void aPoolThatClosesLeavesNone() {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        Random random = new Random(seed);
        TestProbe<DeadLetter> probe = kit.createTestProbe();
        system.eventStream().tell(new EventStream.Subscribe<>(DeadLetter.class, probe.ref()));
        for (int round = 0; round < 300 * SCALE; round++) {
            openAndClose(random);
        }
        List<String> letters = lettersOfPools(probe);
        assertThat(letters).as("-Dstress.seed=" + seed).isEmpty();
    }

    private void openAndClose(Random random) {
        WorkerPoolSettings settings = settings(2)
                .withCloseTimeout(Duration.ofMillis(random.nextInt(3)))
                .withCancelGrace(Duration.ofMillis(random.nextInt(3)))
                .withJobTimeout(Duration.ofMillis(1 + random.nextInt(20)))
                .withRateLimit(new RateLimit(100, 3))
                .withRetry(RetryPolicy.attempts(3)
                        .withExponentialBackoff(Duration.ofMillis(1), Duration.ofMillis(random.nextInt(20) + 1)));
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> {
            if (job % 3 == 0) {
                throw new IOException("again");
            }
            return job % 3 == 1 ? job : Handlers.hang();
        });
        pool.submitAll(jobs(1 + random.nextInt(6)));
        for (long until = System.nanoTime() + random.nextInt(3_000_000); System.nanoTime() < until; ) {
            Thread.onSpinWait();
        }
        pool.close();
    }

    private List<String> lettersOfPools(TestProbe<DeadLetter> probe) {
        String last = "the last";
        system.deadLetters().tell(last);
        List<String> letters = new ArrayList<>();
        DeadLetter letter = probe.receiveMessage(LONG);
        while (!last.equals(letter.message())) {
            if (letter.recipient().path().toString().contains("/system/workpool-")) {
                letters.add(
                        letter.message() + " to " + letter.recipient().path().toStringWithoutAddress());
            }
            letter = probe.receiveMessage(LONG);
        }
        return letters;
    }

    /** Whoever asks before the end can be known is answered. */
    @Test
    void aQuestionThatComesBeforeTheEndIsKnownIsAnswered() throws Exception {
        for (int round = 0; round < 50 * SCALE; round++) {
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job);
            boolean drain = round % 2 == 0;
            endWhileOthersAsk(pool.ref(), () -> {
                // The stage itself: a copy of it is complete a moment later.
                CompletableFuture<Done> end = (CompletableFuture<Done>) (drain ? pool.drain() : pool.abort());
                return end::isDone;
            });
        }
    }

    @Test
    void soOfAPoolThatIsAnActor() throws Exception {
        for (int round = 0; round < 50 * SCALE; round++) {
            ActorRef<PoolCommand<Integer, Integer>> pool =
                    kit.spawn(WorkerPool.behavior(settings(2), (Integer job) -> job));
            boolean drain = round % 2 == 0;
            endWhileOthersAsk(pool, () -> {
                // Complete as soon as the answer is sent, which a stage of it would only hear of.
                Future<Done> end = new Askable<>(pool)
                        .ask(
                                replyTo -> drain ? new PoolCommand.Drain<>(replyTo) : new PoolCommand.Abort<>(replyTo),
                                Timeout.create(LONG),
                                system.scheduler());
                return end::isCompleted;
            });
        }
    }

    /** Whether the end has been called for, and then what tells whether it is known. */
    private static final class Ending {
        final AtomicBoolean hasBegun = new AtomicBoolean();
        final CompletableFuture<BooleanSupplier> isKnown = new CompletableFuture<>();
    }

    private void endWhileOthersAsk(ActorRef<PoolCommand<Integer, Integer>> pool, Supplier<BooleanSupplier> ending)
            throws Exception {
        CountDownLatch asking = new CountDownLatch(2);
        Ending end = new Ending();
        List<CompletableFuture<Integer>> askers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            askers.add(CompletableFuture.supplyAsync(
                    () -> askUntilTheEnd(pool, end, asking), task -> new Thread(task).start()));
        }
        asking.await();
        end.hasBegun.set(true);
        end.isKnown.complete(ending.get());
        for (CompletableFuture<Integer> asker : askers) {
            assertThat(asker.get(2 * LONG.toSeconds(), TimeUnit.SECONDS)).isPositive();
        }
    }

    /** Asks until the pool's end is known; gives back how often. */
    private int askUntilTheEnd(ActorRef<PoolCommand<Integer, Integer>> pool, Ending end, CountDownLatch asking) {
        for (int asked = 0; ; asked++) {
            CompletionStage<?> answer = askAnything(pool, end.isKnown.isDone());
            if (end.hasBegun.get() && end.isKnown.join().getAsBoolean()) {
                return asked; // this question may have come after the end
            }
            try {
                Object told = answer.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
                assertThat(told).isNotNull();
            } catch (Exception e) {
                throw new AssertionError("question " + asked + " was not answered", e);
            }
            if (asked == 0) {
                asking.countDown();
            }
        }
    }

    private CompletionStage<?> askAnything(ActorRef<PoolCommand<Integer, Integer>> pool, boolean ending) {
        return switch (ThreadLocalRandom.current().nextInt(ending ? 5 : 3)) {
            case 0 -> this.<Outcome<Integer>>ask(pool, replyTo -> new PoolCommand.Submit<>(1, replyTo));
            case 1 ->
                this.<BatchResult<Integer>>ask(
                        pool, replyTo -> new PoolCommand.SubmitAll<>(List.of(1), BatchOptions.defaults(), replyTo));
            case 2 -> this.<PoolStats>ask(pool, PoolCommand.GetStats::new);
            case 3 -> this.<Done>ask(pool, PoolCommand.Drain::new);
            default -> this.<Done>ask(pool, PoolCommand.Abort::new);
        };
    }

    private <T> CompletionStage<T> ask(
            ActorRef<PoolCommand<Integer, Integer>> pool,
            Function<ActorRef<T>, PoolCommand<Integer, Integer>> question) {
        return AskPattern.ask(pool, question::apply, LONG, system.scheduler());
    }
}
