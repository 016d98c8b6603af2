package dev.workpool.functional.durable;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.zaxxer.hikari.HikariDataSource;
import dev.workpool.WorkerPool;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.durable.job.TransactionalTask;
import dev.workpool.durable.job.WorkStats;
import dev.workpool.settings.WorkerPoolSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A process of the soak: works on all queues until it is killed, and says now and then what it has done. */
final class SoakWorker {
    private static final int WORKERS = 3;
    private static final long SAY_NS = 200_000_000L;
    private static final int POISONED = 66;

    private SoakWorker() {}

    /** Runs with the address of the database, or the path of a file of SQLite, and the version of its codec. */
    public static void main(String[] arguments) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "soak");
        boolean isServer = arguments[0].startsWith("jdbc:");
        JobStore store =
                isServer ? JobStore.postgres(arguments[0], "postgres", "") : JobStore.sqlite(Path.of(arguments[0]));
        int version = Integer.parseInt(arguments[1]);
        WorkerPool<SoakJob, Void> plain = WorkerPool.start(system, pool(system, "plain"), SoakWorker::run);
        WorkerPool<TransactionalTask, Object> transactional =
                WorkerPool.start(system, pool(system, "transactional"), TransactionalTask::run);
        DataSource database = isServer ? server(arguments[0]) : sqlite(Path.of(arguments[0]));
        WorkerPool<SoakJob, Void> keyed =
                WorkerPool.start(system, pool(system, "keyed"), (SoakJob job) -> writeDown(job, database));
        List<QueueWork> works = List.of(
                SoakQueues.open(system, store, SoakQueues.KEYED, version).workOn(keyed),
                SoakQueues.open(system, store, SoakQueues.PLAIN, version).workOn(plain),
                SoakQueues.open(system, store, SoakQueues.TRANSACTIONAL, version)
                        .workOn(transactional, SoakWorker::write));
        System.out.println("working");
        while (true) {
            LockSupport.parkNanos(SAY_NS);
            System.out.println("stats " + sum(works, WorkStats::fenced) + " " + sum(works, WorkStats::lostLeases) + " "
                    + sum(works, WorkStats::reapedLeases));
        }
    }

    private static DataSource server(String url) {
        HikariDataSource database = new HikariDataSource();
        database.setJdbcUrl(url);
        database.setUsername("postgres");
        database.setInitializationFailTimeout(-1);
        database.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return database;
    }

    /** Waits for those that write. */
    static DataSource sqlite(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(60_000);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        SQLiteDataSource database = new SQLiteDataSource(config);
        database.setUrl("jdbc:sqlite:" + file);
        return database;
    }

    private static WorkerPoolSettings pool(ActorSystem<?> system, String name) {
        return WorkerPoolSettings.create(system, name).withWorkers(WORKERS);
    }

    private static long sum(List<QueueWork> works, ToLongFunction<WorkStats> figure) {
        return works.stream()
                .mapToLong(work -> figure.applyAsLong(work.stats()))
                .sum();
    }

    private static Void run(SoakJob job) {
        switch (job.kind()) {
            case QUICK -> {}
            case SLOW -> LockSupport.parkNanos(20_000_000L);
            case FLAKY -> {
                if (ThreadLocalRandom.current().nextBoolean()) {
                    throw new IllegalStateException("bad luck");
                }
            }
            case POISON -> Runtime.getRuntime().halt(POISONED);
        }
        return null;
    }

    /** Writes down that it runs, whatever becomes of it. */
    private static Void writeDown(SoakJob job, DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO seen (id) VALUES (?)")) {
            insert.setLong(1, job.id());
            insert.executeUpdate();
        }
        return run(job);
    }

    /** Writes down that it ran, which fails if it is written down already. */
    private static Void write(SoakJob job, Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO effect VALUES (?)")) {
            insert.setLong(1, job.id());
            insert.executeUpdate();
        }
        return run(job);
    }
}
