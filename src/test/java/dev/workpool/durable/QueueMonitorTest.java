package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.job.DeadJob;
import dev.workpool.durable.job.QueueObserver;
import dev.workpool.durable.job.WorkStats;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolHealth.Status;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What an observer is told, what is counted, and what the health of a queue says. */
@Timeout(120)
class QueueMonitorTest extends PoolTest {
    private static final Duration SHORT_LEASE = Duration.ofSeconds(1);

    private final Told told = new Told();
    private StoreKind.Place place;
    private DurableQueue<String> queue;

    /** Writes down what it is told, and on which threads. */
    private static final class Told implements QueueObserver {
        final Queue<String> events = new ConcurrentLinkedQueue<>();
        final Queue<DeadJob> dead = new ConcurrentLinkedQueue<>();
        final Queue<String> threads = new ConcurrentLinkedQueue<>();

        private void add(String event) {
            events.add(event);
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public void onWorkBegun(String name, String pool) {
            add("begun " + pool);
        }

        @Override
        public void onWorkEnded(String name, String pool, WorkStats last) {
            add("ended " + pool + " " + last.succeeded());
        }

        @Override
        public void onBatchEnded(String name, long batch, Optional<String> key, BatchProgress counts) {
            add("batch " + key.orElse("-") + " " + counts.succeeded() + "/" + counts.failed());
        }

        @Override
        public void onJobDead(String name, DeadJob job) {
            dead.add(job);
            add("dead " + job.index());
        }

        @Override
        public void onLeaseLost(String name, long batch, int jobs) {
            add("lost " + jobs);
        }

        @Override
        public void onLeasesTakenOver(String name, int leases) {
            add("taken over " + leases);
        }

        @Override
        public void onRefused(String name, long batch, int jobs) {
            add("refused " + jobs);
        }

        @Override
        public void onUndecodable(String name, long jobs) {
            add("undecodable " + jobs);
        }

        @Override
        public void onStoreAway(String name, Exception reason) {
            add("away");
        }

        @Override
        public void onStoreBack(String name, Duration away) {
            add("back");
        }
    }

    @BeforeEach
    void open() throws Exception {
        told.events.clear();
        told.dead.clear();
        told.threads.clear();
        place = StoreKind.SQLITE.create();
        queue = DurableQueue.open(
                system,
                place.store(),
                QueueSettings.create(system, "seen").withLease(SHORT_LEASE).withStoreTimeout(Duration.ofSeconds(5)),
                JobCodec.strings(),
                QueueOrder.byPriority());
        queue.observe(told);
    }

    @AfterEach
    void close() {
        place.close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void observersAreToldOfWorkBatchesAndDeadJobs() throws Exception {
        WorkerPool<String, String> pool = WorkerPool.start(system, settings(2), job -> {
            if (job.equals("bad")) {
                throw new IllegalArgumentException("as it is bad");
            }
            return job;
        });
        get(queue.enqueue("k1", List.of("a", "bad", "b")));
        QueueWork work = queue.workOn(pool);
        await().atMost(LONG).untilAsserted(() -> assertThat(told.events).contains("batch k1 2/1"));
        work.close();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(told.events)
                        .containsExactlyInAnyOrder(
                                "begun " + pool.name(), "dead 1", "batch k1 2/1", "ended " + pool.name() + " 2"));
        assertThat(told.events).startsWith("begun " + pool.name()).endsWith("ended " + pool.name() + " 2");
        assertThat(told.threads).allMatch(thread -> thread.contains("callback"));
        DeadJob dead = told.dead.peek();
        assertThat(dead.attempts()).isEqualTo(1);
        assertThat(dead.strikes()).isZero();
        assertThat(dead.error().type()).isEqualTo("java.lang.IllegalArgumentException");
        assertThat(queue.workStats().succeeded()).as("kept after the work").isEqualTo(2);
        assertThat(queue.workStats().dead()).isEqualTo(1);
        pool.close();
    }

    @Test
    void aLostLeaseIsToldByItsLoserAndByWhoeverTakesItOver() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        WorkerPool<String, String> stuck = WorkerPool.start(system, settings(1), job -> {
            if (isFirst.getAndSet(false)) {
                first.countDown();
                new CountDownLatch(1).await(); // until it is told to stop
            }
            return job;
        });
        get(queue.enqueue("only"));
        QueueWork loser = queue.workOn(stuck);
        first.await();
        assertThat(get(queue.health()).isUp()).isTrue();
        WorkerPool<String, String> other = WorkerPool.start(system, settings(1), job -> job);
        QueueWork taker = queue.workOn(other);
        // As if another process had taken it, and had died.
        execute("UPDATE workpool_segment SET lease_token = 4711, lease_until = 0 WHERE lease_token IS NOT NULL");
        await().atMost(LONG).untilAsserted(() -> assertThat(told.events).contains("taken over 1"));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(told.events).contains("lost 1", "refused 1", "batch - 1/0"));
        assertThat(queue.workStats().lostLeases()).isEqualTo(1);
        assertThat(queue.workStats().reapedLeases()).isEqualTo(1);
        assertThat(queue.workStats().fenced()).isEqualTo(1);
        assertThat(get(queue.health()).toString()).isEqualTo("DEGRADED: a lease was lost within the last minute");
        loser.close();
        taker.close();
        stuck.close();
        other.close();
    }

    @Test
    void aPoisonJobIsToldWithItsStrikes() throws Exception {
        get(queue.enqueue("poison", List.of("boom")));
        execute("UPDATE workpool_segment SET lost = 2, strikes = 2, started = 1, lease_token = 7, lease_until = 0");
        WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job);
        try (QueueWork work = queue.workOn(pool)) {
            await().atMost(LONG).untilAsserted(() -> assertThat(told.events).contains("dead 0", "batch poison 0/1"));
            assertThat(told.dead.peek().strikes()).isEqualTo(3);
            assertThat(told.dead.peek().error()).hasMessageContaining("ended 3 times while this job ran alone");
            assertThat(work.stats().dead()).isEqualTo(1);
        }
        pool.close();
    }

    @Test
    void jobsThatCannotBeDecodedHereAreToldOnce() throws Exception {
        DurableQueue<byte[]> newer = DurableQueue.open(
                system,
                place.store(),
                QueueSettings.create(system, "seen"),
                new NewerStrings(),
                QueueOrder.byPriority());
        get(newer.enqueueAll(List.of(new byte[1], new byte[2])));
        WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job);
        try (QueueWork work = queue.workOn(pool)) {
            await().atMost(LONG).untilAsserted(() -> assertThat(told.events).contains("undecodable 2"));
            get(queue.enqueueAll(List.of("mine")));
            await().atMost(LONG).until(() -> work.stats().succeeded() == 1);
            assertThat(told.events).containsOnlyOnce("undecodable 2");
        }
        pool.close();
    }

    /** The next version of the codec, of which this one knows the name alone. */
    private static final class NewerStrings implements JobCodec<byte[]> {
        @Override
        public String name() {
            return JobCodec.strings().name();
        }

        @Override
        public int version() {
            return 2;
        }

        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(int version, byte[] bytes) {
            return bytes;
        }
    }

    // Health

    @Test
    void aQueueIsDegradedWhileItIsPausedOrItsJobsWait() throws Exception {
        assertThat(get(queue.health()).isUp()).isTrue();
        get(queue.pause());
        assertThat(get(queue.health()).toString()).isEqualTo("DEGRADED: the queue is paused");
        get(queue.resume());
        get(queue.enqueue("waits"));
        get(queue.enqueue(
                "waits, too, but is not due", EnqueueOptions.defaults().withDelay(Duration.ofDays(1))));
        assertThat(get(queue.health(Duration.ofHours(1))).isUp()).isTrue();
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(get(queue.health(Duration.ofMillis(1))).toString())
                                .startsWith("DEGRADED: a job has been due for PT"));
        assertThat(get(queue.health()).isUp()).as("however long they wait").isTrue();
        assertThatThrownBy(() -> queue.health(Duration.ZERO)).hasMessage("longest wait = PT0S; allowed: more than 0");
    }

    @Test
    void aQueueIsDownWhenItsStoreIsClosed() throws Exception {
        assertThat(queue.whenClosed().toCompletableFuture()).isNotDone();
        place.store().close();
        assertThat(queue.whenClosed().toCompletableFuture()).isCompleted();
        assertThat(get(queue.health()).toString()).isEqualTo("DOWN: the job store is closed");
        assertThat(get(queue.health()).status()).isEqualTo(Status.DOWN);
    }

    /** It answers whoever reads, and takes what is small. */
    @Test
    void aFileThatIsFullIsToldUntilItHasRoomAgain() throws Exception {
        DurableQueue<String> patient = DurableQueue.open(
                system, place.store(), patient("patient"), JobCodec.strings(), QueueOrder.byPriority());
        pages("(SELECT page_count FROM pragma_page_count())");
        staysFullUntil(patient, () -> pages("1000000"));
    }

    /** Who waits for what passes waits longer than any test. */
    private QueueSettings patient(String name) {
        return QueueSettings.create(system, name).withStoreTimeout(Duration.ofHours(1));
    }

    private void pages(String most) throws SQLException {
        place.store().runtime().database().transactions().call(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT " + most)) {
                statement.execute("PRAGMA max_page_count = " + row.getLong(1));
            }
            return null;
        });
    }

    @Test
    @NeedsPostgres
    void aServerWhoseDiskIsFullIsToldUntilItHasRoomAgain() throws Exception {
        try (StoreKind.Place server = StoreKind.POSTGRES.create()) {
            DurableQueue<String> remote = DurableQueue.open(
                    system, server.store(), patient("far"), JobCodec.strings(), QueueOrder.byPriority());
            remote.observe(told);
            try (Connection connection = server.store().connection();
                    Statement statement = connection.createStatement()) {
                statement.execute("""
                        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION 'disk is full' USING ERRCODE = '53100'; END $$""");
                statement.execute("""
                        CREATE TRIGGER large BEFORE INSERT ON workpool_payload
                        FOR EACH ROW EXECUTE FUNCTION refuse()""");
            }
            staysFullUntil(remote, () -> {
                try (Connection connection = server.store().connection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("DROP TRIGGER large ON workpool_payload");
                }
            });
        }
    }

    private interface Relief {
        void come() throws Exception;
    }

    private void staysFullUntil(DurableQueue<String> full, Relief relief) throws Exception {
        try (WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job);
                QueueWork work = full.workOn(pool)) { // which looks for jobs, and says that it has nothing to do
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(full.enqueue("x".repeat(1_000_000))))
                        .hasMessageContaining(" is full; make room on it, or move the store to another: ");
                get(full.stats());
                get(full.pause());
                get(full.resume());
                assertThat(get(full.health()).toString()).contains("DEGRADED: the store does not answer", "full");
            }
            assertThat(told.events).filteredOn(each -> each.equals("away")).hasSize(1);
            assertThat(told.events).doesNotContain("back");
            relief.come();
            await().atMost(LONG).until(() -> {
                get(full.enqueue("x".repeat(1_000_000)));
                return get(full.health()).isUp();
            });
            assertThat(work.stats().lostLeases()).isZero();
        }
    }

    @Test
    @NeedsPostgres
    void aStoreThatIsAwayIsTold() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        try (CuttableProxy proxy = new CuttableProxy(TestPostgres.shared().port())) {
            try (JobStore store = JobStore.postgres(TestPostgres.through(proxy.port(), database))) {
                DurableQueue<String> remote = DurableQueue.open(system, store, "far", JobCodec.strings());
                remote.observe(told);
                assertThat(get(remote.health()).isUp()).isTrue();
                assertThat(remote.storeStatus().isAvailable()).isTrue();
                proxy.refuse();
                proxy.cut();
                await().atMost(LONG)
                        .untilAsserted(() -> assertThat(get(remote.health()).toString())
                                .startsWith("DEGRADED: the store does not answer, for PT"));
                await().atMost(LONG).untilAsserted(() -> assertThat(told.events).containsExactly("away"));
                assertThat(remote.storeStatus().failure()).isPresent();
                assertThat(remote.storeStatus().outages()).isEqualTo(1);

                DurableQueue<String> unopened = DurableQueue.open(system, store, "farther", JobCodec.strings());
                assertThat(get(unopened.health()).toString()).startsWith("DOWN: the queue has not been opened yet");

                proxy.heal();
                await().atMost(LONG)
                        .untilAsserted(
                                () -> assertThat(told.events).startsWith("away").endsWith("back"));
                await().atMost(LONG).until(() -> get(unopened.health()).isUp());
                assertThat(get(remote.health()).isUp()).isTrue();
            }
        }
    }
}
