package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that fills an inlet, one that empties it and sleeps when there is nothing, and one that closes it, as close together as
 * the cores allow. Small by default; {@code -Dstress.scale=20} runs twenty times as many rounds for at most twenty times as long, {@code
 * -Dstress.seed} repeats one.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields; nothing relies on it
class StreamBufferStressTest {
    private static final Logger LOG = LoggerFactory.getLogger(StreamBufferStressTest.class);
    private static final int ROUNDS = 30_000;
    private static final Duration ENOUGH = Duration.ofSeconds(2);
    private static final int MOST_JOBS = 40;

    /** What one round is about, and what its threads have seen of it; looked at when all of them are done. */
    private static final class Round {
        final SplittableRandom random;
        final StreamBuffer streamBuffer;

        /** Who reads sleeps on it: without a wake-up that is due it never wakes. */
        final AtomicInteger wakeUps = new AtomicInteger();

        final int jobs;
        final int closeAfterSpins;
        int taken;
        boolean takenAfterRefused;
        volatile boolean filled;

        /** In half of the rounds it is closed only when all that was taken has been read: then a wake-up that is missing hangs. */
        final boolean closedInTheEnd;

        volatile long read;
        String wrong;

        Round(long seed) {
            random = new SplittableRandom(seed);
            jobs = random.nextInt(MOST_JOBS);
            closeAfterSpins = random.nextInt(600);
            closedInTheEnd = random.nextBoolean();
            streamBuffer = new StreamBuffer(1 + random.nextInt(4), wakeUps::incrementAndGet);
        }
    }

    private volatile Round round;
    private volatile boolean over;
    private volatile Throwable failure;

    /** All are here before a round and after it. */
    private final CyclicBarrier barrier = new CyclicBarrier(3);

    @Test
    void everyJobThatWasTakenIsReadOnceAndNobodySleepsForEver() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        int scale = Integer.getInteger("stress.scale", 1);
        LOG.info("seed {}", seed);
        SplittableRandom seeds = new SplittableRandom(seed);
        long deadline = System.nanoTime() + ENOUGH.toNanos() * scale;
        start("filler", this::fill);
        start("reader", this::read);
        for (int i = 0; i < ROUNDS * scale && System.nanoTime() < deadline && failure == null; i++) {
            Round now = new Round(seeds.nextLong());
            round = now;
            meet();
            if (now.closedInTheEnd) {
                awaitRead(now, "seed " + seed + ", round " + i);
            } else {
                spin(now.closeAfterSpins);
            }
            long total = now.streamBuffer.close();
            long again = now.streamBuffer.close();
            meet();
            check(now, total, again, "seed " + seed + ", round " + i);
        }
        over = true;
        meet();
        assertThat(failure).isNull();
    }

    private void awaitRead(Round round, String where) {
        long begun = System.nanoTime();
        for (int turn = 1; failure == null && !(round.filled && round.read == round.streamBuffer.taken()); turn++) {
            spinOrYield(turn);
            if (turn % 10_000 == 0 && System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(30)) {
                throw new AssertionError(
                        where + ": the reader sleeps at " + round.read + " of " + round.streamBuffer.taken());
            }
        }
    }

    private static void check(Round round, long total, long again, String where) {
        boolean good = round.wrong == null
                && total == again
                && total == round.taken
                && total == round.read
                && total == round.streamBuffer.taken()
                && !round.takenAfterRefused;
        if (!good) {
            throw new AssertionError(where + ": " + round.wrong + ", closed at " + total + " and " + again + ", taken "
                    + round.taken + (round.takenAfterRefused ? " though refused before" : "") + ", read "
                    + round.read + ", says " + round.streamBuffer.taken());
        }
    }

    private void start(String name, Runnable eachRound) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (meet(); !over; meet()) {
                            eachRound.run();
                            meet();
                        }
                    } catch (Throwable t) {
                        failure = t;
                        barrier.reset();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void meet() {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("one of the three hangs or has failed", failure == null ? e : failure);
        }
    }

    private void fill() {
        Round now = round;
        boolean refused = false;
        for (int job = 0; job < now.jobs; job++) {
            if (now.streamBuffer.offer(job)) {
                now.taken++;
                now.takenAfterRefused |= refused;
            } else {
                refused = true;
            }
            spin(now.random.nextInt(30));
        }
        now.filled = true;
    }

    /** As the dispatcher does: takes what is there, and goes to sleep when there is no more until it is woken, or the inlet closed. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    private void read() {
        Round now = round;
        StreamBufferReader reader = new StreamBufferReader(now.streamBuffer);
        while (true) {
            boolean closed = now.streamBuffer.isClosed();
            int seen = now.wakeUps.get();
            long there = now.streamBuffer.taken();
            if (there == now.read) {
                if (closed) {
                    return;
                }
                now.streamBuffer.await(now.read + 1);
                for (int turn = 1; seen == now.wakeUps.get() && !now.streamBuffer.isClosed(); turn++) {
                    spinOrYield(turn);
                }
            }
            for (int most = (int) (there - now.read); most > 0; ) {
                Segment segment = reader.segment();
                int from = reader.offset();
                int count = reader.advance(most);
                for (int i = from; i < from + count; i++) {
                    if (!Integer.valueOf((int) now.read).equals(segment.jobs[i])) {
                        now.wrong = "at " + now.read + ": " + segment.jobs[i];
                    }
                    now.read++;
                }
                most -= count;
            }
        }
    }

    /** Where other processes want the cores as well, the other threads may wait for this one's. */
    private static void spinOrYield(int turn) {
        if (turn % 1_000 == 0) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }
}
