package dev.workpool.durable;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.StoreKind.Place;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of queues share, whichever store they are on: a new store for each, and an end of all that was opened. */
abstract class StoreTest extends PoolTest {
    private static final AtomicInteger QUEUES = new AtomicInteger();

    final StoreKind kind;
    Place place;
    private final List<AutoCloseable> open = new ArrayList<>();

    StoreTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void createStore() throws Exception {
        place = kind.create();
    }

    @AfterEach
    void closeStore() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        open.clear();
        place.close();
    }

    /** Settings of a queue that no other test's name clashes with. */
    QueueSettings queueSettings() {
        return QueueSettings.create(system, "queue-" + QUEUES.incrementAndGet());
    }

    DurableQueue<String> queue(QueueSettings settings) {
        return queue(settings, QueueOrder.byPriority());
    }

    DurableQueue<String> queue(QueueSettings settings, QueueOrder<String> order) {
        return DurableQueue.open(system, place.store(), settings, JobCodec.strings(), order);
    }

    /** Closed at the end of the test, after all work. */
    <J, R> WorkerPool<J, R> closed(WorkerPool<J, R> pool) {
        open.add(pool);
        return pool;
    }

    /** Closed at the end of the test. */
    QueueWork closed(QueueWork work) {
        open.add(0, work);
        return work;
    }

    static List<String> texts(int n) {
        return IntStream.range(0, n).mapToObj(i -> "job " + i).toList();
    }
}
