package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that claims and runs against a router that recalls, stops and harvests, at random, as close together as two cores
 * allow; and against a third thread that interrupts what was stopped, in every second round: else the router does that itself, closer by. Small by default; {@code -Dstress.scale=20} runs twenty times as many rounds for at most twenty times as long, {@code -Dstress.seed} repeats one.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields; nothing relies on it
class ChunkStressTest {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkStressTest.class);

    private static final int ROUNDS = 150_000;

    /** Where other processes want the cores, a round may take a time slice: then fewer will do. */
    private static final Duration ENOUGH = Duration.ofSeconds(5);

    private static final int MOST_JOBS = 24;

    /** What one round has seen; the router looks at what the worker has put in when that has finished it. */
    private static final class Round {
        final Chunk<Integer, Integer> chunk;
        final long seed;

        final BitSet claimed = new BitSet();
        final BitSet interruptedAtStart = new BitSet();
        boolean interruptedAfterwards;

        /** Whether the worker's last claim has returned. */
        volatile boolean left;

        final BitSet recalled = new BitSet();
        boolean recalledTwice;
        final Outcome<?>[] decided;
        String wrongHarvest;

        /** The job that was stopped and is to be interrupted, and who does it: the router, or the third thread. */
        int stopped = -1;

        final boolean byThird;

        /** Of whoever interrupts. */
        String wrongInterrupt;

        Round(long seed, int jobs) {
            this.seed = seed;
            this.byThird = seed % 2 == 0;
            this.decided = new Outcome<?>[jobs];
            Object[] array = new Object[jobs];
            Arrays.setAll(array, i -> i);
            this.chunk = new Chunk<>(array, 0, jobs);
        }
    }

    private Round round;

    /** The round that each has come to: both spin here, so that they start within nanoseconds of each other. */
    private volatile int routerAt;

    private volatile int workerAt;

    /** The round that the worker has finished; what it has seen in it is published by this. */
    private volatile int workerDone;

    /** The round in which the third thread has something to do, and the last one in which it has done it. */
    private volatile int interruptIn;

    private volatile int interruptedIn;

    private volatile Throwable failure;

    private volatile boolean over;

    @Test
    void everyJobIsClaimedOrRecalledAndNoInterruptGoesAstray() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        int scale = Integer.getInteger("stress.scale", 1);
        int rounds = ROUNDS * scale;
        long deadline = System.nanoTime() + ENOUGH.toNanos() * scale;
        LOG.info("seed {}", seed);
        SplittableRandom random = new SplittableRandom(seed);
        Thread worker = new Thread(this::work, "worker");
        worker.setDaemon(true);
        worker.start();
        Thread third = new Thread(() -> interruptAll(worker), "third");
        third.setDaemon(true);
        third.start();
        for (int i = 1; i <= rounds && System.nanoTime() < deadline; i++) {
            int now = i;
            Round next = new Round(random.nextLong(), 1 + random.nextInt(MOST_JOBS));
            String where = "seed " + seed + ", round " + next.seed;
            round = next;
            routerAt = now;
            awaitWorker(() -> workerAt == now, where);
            route(next, worker, now);
            awaitWorker(() -> workerDone == now && interruptedIn == interruptIn, where);
            check(next, where);
        }
        over = true;
        worker.join();
        third.join();
    }

    private void awaitWorker(BooleanSupplier done, String where) {
        long begun = System.nanoTime();
        for (int turn = 1; !done.getAsBoolean(); turn++) {
            spinOrYield(turn);
            if (failure != null) {
                throw new AssertionError(where, failure);
            }
            if (turn % 10_000 == 0 && System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(30)) {
                throw new AssertionError("the worker hangs; " + where);
            }
        }
    }

    /** Where other processes want the cores as well, the other thread may wait for this one's. */
    private static void spinOrYield(int turn) {
        if (turn % 2_000 == 0) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private void work() {
        try {
            for (int i = 1; !over; i++) {
                for (int turn = 1; routerAt < i; turn++) {
                    if (over) {
                        return;
                    }
                    spinOrYield(turn);
                }
                Round now = round;
                workerAt = i;
                runChunk(now);
                workerDone = i;
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    private static void runChunk(Round round) {
        SplittableRandom random = new SplittableRandom(round.seed);
        Chunk<Integer, Integer> chunk = round.chunk;
        int position;
        while ((position = chunk.claim()) >= 0) {
            if (Thread.currentThread().isInterrupted()) {
                // Meant for this job, unless nobody stopped it: its router sees to that when the round is over.
                round.interruptedAtStart.set(position);
            }
            round.claimed.set(position);
            spin(random.nextInt(40));
            chunk.succeed(position, chunk.job(position));
        }
        round.left = true;
        round.interruptedAfterwards = Thread.currentThread().isInterrupted();
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    private void interruptAll(Thread worker) {
        try {
            int last = 0;
            for (int turn = 1; !over; turn++) {
                int now = interruptIn;
                if (now != last) {
                    last = now;
                    interrupt(round, worker, new SplittableRandom(round.seed + 1));
                    interruptedIn = now;
                } else {
                    spinOrYield(turn);
                }
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    /** Perhaps too late, perhaps more than once. */
    private static void interrupt(Round round, Thread worker, SplittableRandom random) {
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            spin(random.nextInt(60));
            round.chunk.interrupt(round.stopped, () -> {
                spin(random.nextInt(60));
                worker.interrupt();
                spin(random.nextInt(60));
                if (round.left) {
                    round.wrongInterrupt = "of a job that its worker has left";
                }
            });
        }
    }

    private void route(Round round, Thread worker, int now) {
        SplittableRandom random = new SplittableRandom(~round.seed);
        Chunk<Integer, Integer> chunk = round.chunk;
        int actions = 1 + random.nextInt(8);
        for (int i = 0; i < actions; i++) {
            switch (random.nextInt(8)) {
                case 0 -> recall(round, 0);
                case 1, 2 -> recall(round, chunk.end() - (chunk.unstarted() + 1) / 2);
                case 3 -> harvest(round);
                default -> {
                    if (stop(round, chunk.running()) && round.byThird) {
                        interruptIn = now;
                    } else if (round.stopped >= 0 && !round.byThird) {
                        interrupt(round, worker, random);
                    }
                }
            }
            spin(random.nextInt(60));
        }
        harvest(round);
    }

    private static void recall(Round round, int keep) {
        int before = round.chunk.end();
        int end = round.chunk.recall(keep);
        for (int i = end; i < before; i++) {
            round.recalledTwice |= round.recalled.get(i);
            round.recalled.set(i);
        }
    }

    private static boolean stop(Round round, int position) {
        if (position < 0) {
            return false;
        }
        recall(round, 0);
        Outcome<Integer> outcome = new Outcome.Cancelled<>(position + 1);
        if (!round.chunk.stop(position, outcome)) {
            return false;
        }
        if (round.stopped >= 0) {
            throw new AssertionError("stopped twice");
        }
        round.decided[position] = outcome;
        round.stopped = position;
        return true;
    }

    private static void harvest(Round round) {
        Outcomes<Integer> ended = round.chunk.harvest();
        for (int i = 0; i < ended.size(); i++) {
            if (!expected(round, i).equals(ended.get(i))) {
                round.wrongHarvest = "at " + i + " of " + ended.size() + ": " + ended.get(i);
            }
        }
    }

    private static Outcome<?> expected(Round round, int position) {
        return round.decided[position] != null ? round.decided[position] : new Outcome.Succeeded<>(position, 1);
    }

    private static void check(Round round, String where) {
        Chunk<Integer, Integer> chunk = round.chunk;
        int jobs = round.decided.length;
        int end = chunk.end();
        BitSet lower = new BitSet();
        lower.set(0, end);
        BitSet upper = new BitSet();
        upper.set(end, jobs);
        boolean good = round.claimed.equals(lower)
                && round.recalled.equals(upper)
                && !round.recalledTwice
                && !round.interruptedAfterwards
                && round.wrongHarvest == null
                && round.wrongInterrupt == null
                && !chunk.isLeaving()
                && chunk.running() == -1
                && chunk.claimed() == end;
        for (int i = 0; i < jobs; i++) {
            good &= round.decided[i] != null || !round.interruptedAtStart.get(i);
            good &= i >= end
                    ? round.decided[i] == null
                    : expected(round, i).equals(chunk.outcomes().get(i));
        }
        if (!good) { // the assertions below cost more than a round
            assertThat(round.claimed).as("claimed; %s", where).isEqualTo(lower);
            assertThat(round.recalled).as("recalled; %s", where).isEqualTo(upper);
            assertThat(round.recalledTwice).as("recalled twice; %s", where).isFalse();
            assertThat(round.interruptedAfterwards)
                    .as("interrupted after the last claim; %s", where)
                    .isFalse();
            assertThat(round.wrongHarvest).as("harvest; %s", where).isNull();
            assertThat(round.wrongInterrupt).as("interrupt; %s", where).isNull();
            throw new AssertionError("decided " + Arrays.toString(round.decided) + ", outcomes "
                    + chunk.outcomes() + ", interrupted at start " + round.interruptedAtStart
                    + ", claimed " + chunk.claimed() + ", running " + chunk.running() + ", end " + end + "; " + where);
        }
    }
}
