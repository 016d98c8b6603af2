package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.QueueWork;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.ExecutorTest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network between a process and the server of its store hangs, or is cut at the worst moment. */
class NetworkFaultTest extends FaultTest {
    private static final String COMMIT = "COMMIT";

    /** What the server says of a statement that has written one batch, and has committed that. */
    private static final String WRITTEN = "SELECT 1";

    /** Leases, waits and looks that last longer than the test, so that the next commit is the one that is meant. */
    private QueueSettings quiet() {
        return queueSettings().withLease(Duration.ofMinutes(10)).withPollInterval(Duration.ofHours(1));
    }

    /** Ways to put jobs into a queue. */
    enum Way {
        SEGMENTS {
            @Override
            DurableBatch enqueue(DurableQueue<String> queue) throws Exception {
                return checked(get(queue.enqueueAll(texts(2_500))));
            }

            @Override
            String answer() {
                return COMMIT;
            }
        },
        BATCH {
            @Override
            DurableBatch enqueue(DurableQueue<String> queue) throws Exception {
                return checked(get(queue.enqueueAll(texts(1))));
            }
        },
        BATCH_WITH_KEY {
            @Override
            DurableBatch enqueue(DurableQueue<String> queue) throws Exception {
                return checked(get(queue.enqueue("key", texts(1))));
            }
        },
        SINGLE {
            @Override
            DurableBatch enqueue(DurableQueue<String> queue) throws Exception {
                return checked(get(queue.enqueue("job")).batch());
            }
        },
        SINGLE_WITH_KEY {
            @Override
            DurableBatch enqueue(DurableQueue<String> queue) throws Exception {
                return checked(
                        get(queue.enqueue("job", EnqueueOptions.keyed("key"))).batch());
            }
        };

        abstract DurableBatch enqueue(DurableQueue<String> queue) throws Exception;

        /** What the server says when they are written. */
        String answer() {
            return WRITTEN;
        }

        private static DurableBatch checked(DurableBatch batch) {
            assertThat(batch.isNew()).isTrue();
            return batch;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEnqueueWhoseCommitGetsNoAnswerIsNotDoubled(Way way) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        DurableQueue<String> queue = queue(store, quiet());
        closed(queue.workOn(pool(job -> runs.incrementAndGet())));
        await().atMost(LONG).until(() -> number("SELECT count(*) FROM workpool_worker") == 1); // it is idle
        network.loseAnswer(way.answer());
        DurableBatch batch = way.enqueue(queue);
        assertThat(network.waitsForAnswer()).isFalse();
        BatchProgress ended = get(batch.ended());
        assertThat(ended.succeeded()).isEqualTo(ended.total());
        assertThat(number("SELECT count(*) FROM workpool_batch")).isEqualTo(1);
        assertThat(runs).hasValue((int) ended.total());
    }

    /** Whichever commit it is: that of a claim, of a lease that is renewed, of an acknowledgement. */
    @Test
    void workWhoseCommitGetsNoAnswerIsNotDoubled() throws Exception {
        DurableQueue<String> queue = queue(store, queueSettings());
        AtomicInteger rounds = new AtomicInteger();
        QueueWork work =
                closed(queue.workOn(pool(job -> network.loseAnswer(rounds.get() % 2 == 0 ? COMMIT : WRITTEN))));
        DurableQueue<String> other = queue(store(database), queueSettings());
        do {
            rounds.incrementAndGet();
            DurableBatch batch = get(other.enqueueAll(texts(3)));
            assertThat(get(batch.ended())).isEqualTo(new BatchProgress(3, 3, 0, 0, 0, 0));
        } while (work.stats().fenced() == 0); // until it was an acknowledgement
    }

    @Test
    void whoHangsForLongerThanALeaseIsRefused() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch healed = new CountDownLatch(1);
        DurableQueue<String> hanging = queue(store, queueSettings());
        QueueWork work = closed(hanging.workOn(pool(job -> {
            begun.countDown();
            awaitUninterrupted(healed);
        })));
        DurableQueue<String> other = queue(store(database), queueSettings());
        DurableBatch batch = get(other.enqueueAll(texts(1)));
        ExecutorTest.awaitLatch(begun);
        network.hang();
        try (QueueWork others = other.workOn(pool(job -> {}))) {
            assertThat(get(batch.ended()).succeeded()).isEqualTo(1);
            assertThat(others.stats().reapedLeases()).isEqualTo(1);
        }
        network.heal();
        healed.countDown();
        await().atMost(LONG).until(() -> work.stats().fenced() == 1);
        assertThat(work.stats().succeeded()).isZero();
        assertThat(get(get(other.enqueueAll(texts(5))).ended()).succeeded()).isEqualTo(5);
        assertThat(work.stats().succeeded()).isEqualTo(5);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // it does as if nobody had asked
            }
        }
    }
}
