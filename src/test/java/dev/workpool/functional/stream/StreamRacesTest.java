package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Deliveries;
import dev.workpool.support.Jobs;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pairs of events that come as close together as the scheduler has them, over and over. Small by default; {@code -Dstress.scale=20} runs
 * twenty times as many rounds, {@code -Dstress.seed} repeats the moments.
 */
class StreamRacesTest extends PoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRacesTest.class);
    private static final int SCALE = Integer.getInteger("stress.scale", 1);

    private final Random random = random();

    private static Random random() {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        LOG.info("seed {}", seed);
        return new Random(seed);
    }

    private static List<StreamOptions<Integer>> everyOrder() {
        return List.of(
                StreamOptions.<Integer>ordered().withWindow(32),
                StreamOptions.<Integer>asCompleted().withWindow(4_096),
                StreamOptions.<Integer>keyed(job -> job % 5).withWindow(32));
    }

    private void spin() {
        for (int i = random.nextInt(20_000); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    private WorkerPool<Integer, Integer> start() {
        return WorkerPool.start(system, settings(2).withCloseTimeout(Duration.ofMillis(20)), (Integer job) -> job);
    }

    /** A stream that is over in no time, and something that hits it anywhere. */
    private void race(int rounds, int jobs, BiConsumer<WorkerPool<Integer, Integer>, Processing> event)
            throws Exception {
        try (WorkerPool<Integer, Integer> pool = start()) {
            for (int round = 0; round < rounds * SCALE; round++) {
                for (StreamOptions<Integer> options : everyOrder()) {
                    Jobs source = new Jobs(jobs);
                    Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                    Processing stream = pool.process(source, options, deliveries);
                    spin();
                    event.accept(pool, stream);
                    deliveries.awaitSuccess(stream);
                    checkPrefix(deliveries);
                    while (source.closed() == 0) {
                        Thread.onSpinWait();
                    }
                    assertThat(source.closed()).isOne();
                }
            }
            PoolStats stats = get(pool.stats());
            assertThat(stats.queued()).isZero();
            assertThat(stats.running()).isZero();
        }
    }

    /** What was taken is what came first, and each of it was delivered once. */
    private static void checkPrefix(Deliveries<Integer, ?> deliveries) {
        assertThat(deliveries.jobs())
                .containsExactlyInAnyOrderElementsOf(jobs(deliveries.jobs().size()));
        assertThat(deliveries.wrong()).isNull();
    }

    @Test
    void cancellingAgainstTheEndOfTheSource() throws Exception {
        race(40, 3, (pool, stream) -> stream.cancel());
    }

    @Test
    void cancellingAgainstTheLastJobs() throws Exception {
        race(25, 500, (pool, stream) -> stream.cancel());
    }

    @Test
    void cancellingFromTwoSides() throws Exception {
        race(15, 100_000, (pool, stream) -> {
            Thread other = new Thread(stream::cancel);
            other.start();
            stream.cancel();
        });
    }

    @Test
    void resizingAgainstAStream() throws Exception {
        race(15, 500, (pool, stream) -> {
            pool.resize(1 + random.nextInt(4));
            spin();
            pool.resize(1 + random.nextInt(4));
        });
    }

    @Test
    void aPauseAgainstAStream() throws Exception {
        race(15, 500, (pool, stream) -> {
            pool.pause();
            spin();
            pool.resume();
        });
    }

    private void endThePool(BiConsumer<WorkerPool<Integer, Integer>, Boolean> end) throws Exception {
        for (int round = 0; round < 6 * SCALE; round++) {
            for (StreamOptions<Integer> options : everyOrder()) {
                WorkerPool<Integer, Integer> pool = start();
                Jobs source = new Jobs(random.nextBoolean() ? 300 : Integer.MAX_VALUE);
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                Processing stream = pool.process(source, options, deliveries);
                spin();
                end.accept(pool, random.nextBoolean());
                Throwable problem = deliveries.await(stream);
                if (problem == null) {
                    assertThat(stream.progress().total()).isEqualTo(300);
                } else {
                    assertThat(problem).isInstanceOf(RejectedExecutionException.class);
                }
                assertThat((long) deliveries.jobs().size())
                        .isEqualTo(stream.progress().total());
                checkPrefix(deliveries);
                while (source.closed() == 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void abortingAgainstAStream() throws Exception {
        endThePool((pool, any) -> pool.abort());
    }

    @Test
    void drainingAgainstAStreamAndThenAborting() throws Exception {
        endThePool((pool, abort) -> {
            pool.drain();
            if (abort) {
                spin();
                pool.abort();
            }
        });
    }

    @Test
    void closingAgainstTheBeginningOfAStream() throws Exception {
        for (int round = 0; round < 30 * SCALE; round++) {
            WorkerPool<Integer, Integer> pool = start();
            pool.drain();
            spin();
            Jobs source = new Jobs(300);
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream = pool.process(source, everyOrder().get(round % 3), deliveries);
            assertThat(deliveries.await(stream)).isInstanceOf(RejectedExecutionException.class);
            assertThat(deliveries.jobs()).isEmpty();
            while (source.closed() == 0) {
                Thread.onSpinWait();
            }
            assertThat(source.taken()).isZero();
        }
    }

    @Test
    void aConsumerThatThrowsAgainstCancelling() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start()) {
            for (int round = 0; round < 40 * SCALE; round++) {
                for (StreamOptions<Integer> options : everyOrder()) {
                    int throwsAt = 1 + random.nextInt(200);
                    Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                        @Override
                        protected void onOutcome(Integer job, Outcome<Integer> outcome) throws IOException {
                            if (jobs().size() == throwsAt) {
                                throw new IOException("enough");
                            }
                        }
                    };
                    Processing stream = pool.process(new Jobs(Integer.MAX_VALUE), options, deliveries);
                    spin();
                    stream.cancel();
                    Throwable problem = deliveries.await(stream);
                    if (problem == null) {
                        assertThat(deliveries.jobs()).hasSizeLessThan(throwsAt);
                        assertThat((long) deliveries.jobs().size())
                                .isEqualTo(stream.progress().total());
                    } else {
                        assertThat(problem).isInstanceOf(IOException.class);
                        assertThat(deliveries.jobs()).hasSize(throwsAt);
                    }
                }
            }
        }
    }

    @Test
    void aSourceThatThrowsAgainstCancelling() throws Exception {
        try (WorkerPool<Integer, Integer> pool = start()) {
            for (int round = 0; round < 40 * SCALE; round++) {
                for (StreamOptions<Integer> options : everyOrder()) {
                    int throwsAt = random.nextInt(200);
                    CountDownLatch closed = new CountDownLatch(1);
                    Jobs source = new Jobs(Integer.MAX_VALUE) {
                        @Override
                        protected Integer job(int index) {
                            if (index == throwsAt) {
                                throw new IllegalStateException("no more");
                            }
                            return index;
                        }

                        @Override
                        public void close() {
                            super.close();
                            closed.countDown();
                        }
                    };
                    Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                    Processing stream = pool.process(source, options, deliveries);
                    spin();
                    stream.cancel();
                    Throwable problem = deliveries.await(stream);
                    checkPrefix(deliveries);
                    if (problem == null) {
                        assertThat(deliveries.jobs()).hasSizeLessThanOrEqualTo(throwsAt);
                    } else {
                        assertThat(problem).hasMessage("no more");
                        assertThat(deliveries.jobs()).hasSize(throwsAt);
                    }
                    closed.await();
                }
            }
        }
    }
}
