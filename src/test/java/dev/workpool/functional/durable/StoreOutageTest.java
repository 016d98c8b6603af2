package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.QueueWork;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.job.BatchProgress;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.ExecutorTest;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server of a store is stopped at once, in the middle of everything. Work goes on by itself when it is back. */
class StoreOutageTest extends FaultTest {
    private TestPostgres server;

    @BeforeAll
    void startServer() {
        server = TestPostgres.start();
    }

    @AfterAll
    void stopServer() throws Exception {
        server.close();
    }

    @Override
    protected TestPostgres server() {
        return server;
    }

    @Test
    void aQueueMayBeUsedBeforeItsDatabaseIsThere() throws Exception {
        server.stopImmediately();
        DurableQueue<String> queue = queue(store, queueSettings());
        closed(queue.workOn(pool(job -> {})));
        CompletableFuture<DurableBatch> batch = queue.enqueueAll(texts(10));
        assertThat(batch).isNotDone();
        server.startAgain();
        assertThat(get(get(batch).ended()).succeeded()).isEqualTo(10);
    }

    @Test
    void whatIsInTheMiddleGoesOnAndTheLogSaysOnceWhatWasWrong() throws Exception {
        int jobs = 1_000;
        CountDownLatch middle = new CountDownLatch(jobs / 2);
        CountDownLatch stopped = new CountDownLatch(1);
        DurableQueue<String> queue = queue(store, queueSettings().withSegmentJobs(10));
        try (CapturedLog log = CapturedLog.of(AVAILABILITY)) {
            closed(queue.workOn(pool(job -> {
                if (middle.getCount() == 0) {
                    stopped.await();
                }
                middle.countDown();
            })));
            DurableBatch batch = get(queue.enqueueAll(texts(jobs)));
            ExecutorTest.awaitLatch(middle);
            server.stopImmediately();
            await().atMost(LONG).until(() -> !log.messages().isEmpty());
            stopped.countDown();
            CompletableFuture<DurableBatch> another = queue.enqueueAll(texts(10));
            server.startAgain();
            assertThat(get(batch.ended())).isEqualTo(new BatchProgress(jobs, jobs, 0, 0, 0, 0));
            assertThat(get(get(another).ended()).succeeded()).isEqualTo(10);
            assertThat(log.messages()).singleElement().asString().contains("does not answer");
        }
    }

    /** Others may have begun it by then. */
    @Test
    void aJobThatRunsWhenItsLeaseCannotBeRenewedIsStoppedAndRunsAgain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        DurableQueue<String> queue = queue(store, queueSettings());
        closed(queue.workOn(pool(job -> {
            if (runs.incrementAndGet() == 1) {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            }
        })));
        DurableBatch batch = get(queue.enqueueAll(texts(1)));
        ExecutorTest.awaitLatch(begun);
        server.stopImmediately();
        ExecutorTest.awaitLatch(interrupted);
        server.startAgain();
        assertThat(get(batch.ended())).isEqualTo(new BatchProgress(1, 1, 0, 0, 0, 0));
        assertThat(runs).hasValue(2);
        assertThat(get(queue.stats()).dead()).isZero();
    }

    @Test
    void aTransactionalJobWhoseCommitFailsIsNoFailure() throws Exception {
        execute("CREATE TABLE effect (job text PRIMARY KEY)");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        DurableQueue<String> queue = queue(store, queueSettings());
        WorkerPool<TransactionalTask, Object> pool =
                closed(WorkerPool.start(system, settings(2), TransactionalTask::run));
        QueueWork work = closed(queue.workOn(pool, (String job, Connection connection) -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO effect VALUES ('" + job + "')");
            }
            begun.countDown();
            stopped.await();
            return null;
        }));
        DurableBatch batch = get(queue.enqueueAll(texts(1)));
        ExecutorTest.awaitLatch(begun);
        server.stopImmediately();
        stopped.countDown();
        server.startAgain();
        assertThat(get(batch.ended())).isEqualTo(new BatchProgress(1, 1, 0, 0, 0, 0));
        assertThat(number("SELECT count(*) FROM effect")).isEqualTo(1);
        assertThat(work.stats().dead()).isZero();
    }

    /** A job that is suspected of ending its process is noted down before it begins. */
    @Test
    void aSuspectWhoseStartCouldNotBeNotedRunsLater() throws Exception {
        DurableQueue<String> queue = queue(store, queueSettings());
        DurableBatch batch = get(queue.enqueueAll(texts(1)));
        execute("UPDATE workpool_segment SET lost = 2");
        execute("CREATE SEQUENCE refused");
        execute("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM nextval('refused'); RAISE EXCEPTION 'not now' USING ERRCODE = '57P03'; END $$""");
        execute("""
                CREATE TRIGGER starts BEFORE UPDATE OF started ON workpool_segment
                FOR EACH ROW WHEN (NEW.started = 1) EXECUTE FUNCTION refuse()""");
        closed(queue.workOn(pool(job -> {})));
        await().atMost(LONG).until(() -> number("SELECT count(*) FROM refused WHERE is_called") == 1);
        execute("DROP TRIGGER starts ON workpool_segment");
        assertThat(get(batch.ended()).succeeded()).isEqualTo(1);
    }
}
