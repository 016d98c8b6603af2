package dev.workpool.bench.durable;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A process that works, until its input ends: on a durable queue, or on rows. */
public final class WorkerProcess {
    /** Jobs whose first byte is this take a second. */
    static final byte LONG = 1;

    /** Jobs whose first byte is this say on standard output when they begin. */
    static final byte TELLS = 2;

    private WorkerProcess() {}

    /** Microseconds of the clock that all processes of the machine share. */
    static long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Starts one. */
    static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=conf/logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /**
     * Works.
     *
     * @param args {@code queue} or {@code rows}, the database's address, and the number of workers, or of connections and
     *     of rows at once
     */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("queue")) {
            workOnQueue(args[1], Integer.parseInt(args[2]));
        } else {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                new Thread(() -> workOnRows(args[1], Integer.parseInt(args[3]))).start();
            }
            System.out.println("ready");
            while (System.in.read() >= 0) {}
            System.exit(0);
        }
    }

    private static void workOnQueue(String url, int workers) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        JobStore store = JobStore.postgres(url, "postgres", "");
        DurableQueue<byte[]> queue = DurableQueue.open(
                system, store, QueueSettings.create(system, "bench"), JobCodec.bytes(), QueueOrder.byPriority());
        WorkerPool<byte[], Void> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "bench").withWorkers(workers), WorkerProcess::handle);
        QueueWork work = queue.workOn(pool);
        System.out.println("ready");
        while (System.in.read() >= 0) {}
        work.close();
        System.out.println(work.stats());
        System.exit(0);
    }

    private static Void handle(byte[] job) {
        if (job[0] == LONG) {
            long untilNs = System.nanoTime() + 1_000_000_000;
            while (System.nanoTime() < untilNs) {
                LockSupport.parkNanos(untilNs - System.nanoTime());
            }
        } else if (job[0] == TELLS) {
            System.out.println(nowUs());
        }
        return null;
    }

    private static void workOnRows(String url, int most) {
        try (Connection connection = DriverManager.getConnection(url)) {
            RowsQueue rows = new RowsQueue(connection);
            while (true) {
                if (rows.work(most) == 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
