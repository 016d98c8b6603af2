package dev.workpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Two flows of one pool at a time, whose jobs cost this and that, fail and are tried again, of which one may be left in the midst of it, while the pool is
 * resized: outcomes are complete, none comes twice, each is the job's own, and they are in the order that was asked for.
 */
@Label("Flows")
class PoolFlowPropertyTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);
    private static final int[] WINDOWS = {1, 2, 7, 64, 8192};
    private static final int KEYS = 5;
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static ActorSystem<Void> system;

    private enum Order {
        ORDERED,
        AS_COMPLETED,
        KEYED;

        StreamOptions<Integer> options() {
            return switch (this) {
                case ORDERED -> StreamOptions.ordered();
                case AS_COMPLETED -> StreamOptions.asCompleted();
                case KEYED -> StreamOptions.keyed(job -> job % KEYS);
            };
        }
    }

    /** What a job became, told from what it was. */
    private record Seen(int job, boolean failed) {}

    @BeforeContainer
    static void start() {
        system = ActorSystem.create(Behaviors.empty(), "flows");
    }

    @AfterContainer
    static void stop() {
        system.terminate();
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void everyOutcomeComesOnceAndInOrder(
            @ForAll long seed, @ForAll PoolKind wanted, @ForAll Order one, @ForAll Order other) throws Exception {
        PoolKind kind = PoolKind.all().anyMatch(wanted::equals) ? wanted : PoolKind.BLOCKING;
        for (int i = 0; i < SCALE; i++) {
            run(new Random(seed + i), kind, one, other);
        }
    }

    private static boolean fails(int job) {
        return job % 13 == 3;
    }

    private static void run(Random random, PoolKind kind, Order one, Order other) throws Exception {
        int jobs = random.nextInt(random.nextInt(4) == 0 ? 2_000 : 100);
        int left = random.nextBoolean() ? jobs : random.nextInt(jobs + 1);
        int spins = random.nextInt(500);
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "flow-" + POOLS.incrementAndGet())
                .withWorkers(1 + random.nextInt(4));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            for (int i = 0; i < job % 7 * spins; i++) {
                Thread.onSpinWait();
            }
            if (fails(job)) {
                throw new IllegalStateException("job " + job);
            }
            return job;
        })) {
            Pair<Processing, CompletionStage<List<Seen>>> whole = run(pool, options(random, one), jobs, jobs);
            Pair<Processing, CompletionStage<List<Seen>>> part = run(pool, options(random, other), jobs, left);
            for (int i = random.nextInt(4); i > 0; i--) {
                pool.resize(1 + random.nextInt(5));
            }
            check(PoolTest.get(whole.second()), one, jobs);
            check(PoolTest.get(part.second()), other, left);
            BatchProgress counts = PoolTest.get(whole.first().result());
            assertThat(counts.total()).isEqualTo(jobs);
            assertThat(counts.failed())
                    .isEqualTo(
                            IntStream.range(0, jobs).filter(job -> fails(job)).count());
            assertThat(counts.succeeded()).isEqualTo(jobs - counts.failed());
            BatchProgress cut = PoolTest.get(part.first().result());
            assertThat(cut.done()).isEqualTo(cut.total()).isBetween((long) left, (long) jobs);
        }
    }

    private static StreamOptions<Integer> options(Random random, Order order) {
        BatchOptions batch = random.nextBoolean()
                ? BatchOptions.defaults()
                : BatchOptions.defaults()
                        .withRetry(
                                RetryPolicy.attempts(2).withFixedBackoff(Duration.ofNanos(random.nextInt(1_000_000))));
        return order.options()
                .withWindow(WINDOWS[random.nextInt(WINDOWS.length)])
                .withBatch(batch);
    }

    private static Pair<Processing, CompletionStage<List<Seen>>> run(
            WorkerPool<Integer, Integer> pool, StreamOptions<Integer> options, int jobs, int wanted) {
        return Source.from(IntStream.range(0, jobs).boxed().toList())
                .viaMat(PoolFlow.of(pool, options), Keep.right())
                .take(wanted)
                .map(PoolFlowPropertyTest::seen)
                .toMat(Sink.seq(), Keep.both())
                .run(system);
    }

    private static Seen seen(Outcome<Integer> outcome) {
        if (outcome instanceof Outcome.Succeeded<Integer> succeeded) {
            return new Seen(succeeded.value(), false);
        }
        String message = outcome.problem().orElseThrow().getMessage();
        return new Seen(Integer.parseInt(message.substring("job ".length())), true);
    }

    private static void check(List<Seen> seen, Order order, int wanted) {
        assertThat(seen).hasSize(wanted).allMatch(it -> it.failed() == fails(it.job()));
        List<Integer> jobs = seen.stream().map(Seen::job).toList();
        assertThat(jobs).doesNotHaveDuplicates();
        if (order == Order.ORDERED) {
            assertThat(jobs).isEqualTo(IntStream.range(0, wanted).boxed().toList());
        } else if (order == Order.KEYED) {
            List<Integer> next =
                    new ArrayList<>(IntStream.range(0, KEYS).boxed().toList());
            for (int job : jobs) {
                assertThat(job).isEqualTo(next.get(job % KEYS));
                next.set(job % KEYS, job + KEYS);
            }
        }
    }
}
