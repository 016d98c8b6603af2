package dev.workpool.internal.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.akka.TestHarness;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that takes through a window, one that delivers, and one that pokes and closes, as close together as the cores allow.
 * Small by default; {@code -Dstress.scale=20} runs twenty times as many rounds for at most twenty times as long, {@code -Dstress.seed}
 * repeats one.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields; nothing relies on it
class WindowStressTest {
    private static final Logger LOG = LoggerFactory.getLogger(WindowStressTest.class);
    private static final int ROUNDS = 400;
    private static final Duration ENOUGH = Duration.ofSeconds(1);

    @Test
    void nobodyTakesMoreThanThereIsRoomForNorWaitsForEver() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        int scale = Integer.getInteger("stress.scale", 1);
        LOG.info("seed {}", seed);
        SplittableRandom random = new SplittableRandom(seed);
        long deadline = System.nanoTime() + ENOUGH.toNanos() * scale;
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < ROUNDS * scale && System.nanoTime() < deadline; i++) {
                round(threads, random.split(), "seed " + seed + ", round " + i);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void round(Executor threads, SplittableRandom random, String where) throws Exception {
        int size = 1 + random.nextInt(20);
        long jobs = random.nextLong(1, 300);
        boolean closes = random.nextInt(3) == 0;
        Window window = new Window(size, random.nextInt(4), TestHarness.NONE);
        AtomicLong taken = new AtomicLong();
        AtomicLong delivered = new AtomicLong();
        SplittableRandom takers = random.split();
        CompletableFuture<Boolean> taking = CompletableFuture.supplyAsync(
                () -> {
                    long limit = 0;
                    while (taken.get() < jobs) {
                        if (taken.get() == limit) {
                            limit = window.await(limit);
                            if (limit == Window.CLOSED) {
                                return false;
                            }
                        } else {
                            taken.incrementAndGet();
                            long held = taken.get() - delivered.get();
                            assertThat(held).as(where).isLessThanOrEqualTo(size);
                            spin(takers.nextInt(30));
                        }
                    }
                    return true;
                },
                threads);
        SplittableRandom deliverers = random.split();
        CompletableFuture<Void> delivering = CompletableFuture.runAsync(
                () -> {
                    for (int turn = 1; delivered.get() < jobs && !taking.isDone(); turn++) {
                        long there = taken.get() - delivered.get();
                        if (there > 0) {
                            int some = 1 + deliverers.nextInt((int) there);
                            delivered.addAndGet(some);
                            window.delivered(some);
                        } else if (turn % 100 == 0) {
                            Thread.yield();
                        }
                        spin(deliverers.nextInt(60));
                    }
                },
                threads);
        spin(random.nextInt(300));
        window.open();
        for (int i = random.nextInt(10); i > 0; i--) {
            window.poke();
            spin(random.nextInt(100));
        }
        if (closes) {
            window.close();
        }
        assertThat(taking.get(30, TimeUnit.SECONDS) || closes).as(where).isTrue();
        delivering.get(30, TimeUnit.SECONDS);
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }
}
