package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a file of SQLite when the power fails, and when its disk is full. */
@Timeout(120)
class SqliteFaultTest {
    private static final String TO_BE_WRITTEN = "to be written ";
    private static final String WRITTEN = "written ";
    private static final String ENDED = "ended ";
    private static final String AWAY = "takes no writes";
    private static final String JOB = "x".repeat(1_000);
    private static final int JOBS = 500;
    private static final int ROUNDS = 10;

    /** Less than all jobs of all rounds take. */
    private static final int FULL = 3_000_000;

    /** In which a disk that is full is written to and read from many times. */
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    /** Enqueues, works and waits in turns, and says before and after each what it does. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "sqlite");
            QueueSettings settings = QueueSettings.create(system, "queue").withPollInterval(Duration.ofMillis(50));
            DurableQueue<String> queue = DurableQueue.open(
                    system,
                    JobStore.sqlite(Path.of(arguments[0])),
                    settings,
                    JobCodec.strings(),
                    QueueOrder.byPriority());
            queue.workOn(WorkerPool.start(
                    system, WorkerPoolSettings.create(system, "jobs").withWorkers(1), (String job) -> null));
            for (int i = 0; i < ROUNDS; i++) {
                System.out.println(TO_BE_WRITTEN + i);
                DurableBatch batch =
                        queue.enqueueAll(Collections.nCopies(JOBS, JOB)).join();
                System.out.println(WRITTEN + i);
                BatchProgress ended = batch.ended().toCompletableFuture().join();
                System.out.println(ENDED + ended.succeeded());
            }
            System.exit(0);
        }
    }

    private static boolean isThere(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Judged by what the process asks the operating system for. */
    @Test
    void whatIsReportedAsWrittenIsSynced() throws Exception {
        List<String> trace = List.of("strace", "-D", "-f", "-y", "-z", "-e", "trace=fsync,fdatasync,pwrite64,write");
        assumeTrue(isThere("strace", "-D", "-f", "-y", "-z", "-e", "trace=fsync", "true"));
        Path calls = directory.resolve("calls");
        List<String> command = new ArrayList<>(trace);
        command.addAll(List.of("-o", calls.toString()));
        try (ChildJvm child = ChildJvm.startBy(
                command, Program.class, directory.resolve("jobs.db").toString())) {
            assertThat(child.awaitExit()).isZero();
        }
        boolean isDirty = true;
        boolean isSynced = false;
        int reports = 0;
        for (String call : Files.readAllLines(calls, StandardCharsets.ISO_8859_1)) {
            if (call.contains(TO_BE_WRITTEN)) {
                isDirty = false;
                isSynced = false;
            } else if (call.contains("pwrite64(") && call.contains("jobs.db-wal>")) {
                isDirty = true;
            } else if (call.contains("sync(") && call.contains("jobs.db-wal>")) {
                isSynced |= isDirty;
            } else if (call.contains(WRITTEN)) {
                assertThat(isSynced).as("%s", call).isTrue();
                reports++;
            }
        }
        assertThat(reports).isEqualTo(ROUNDS);
    }

    private static long count(ChildJvm child, String text) {
        return child.lines().stream().filter(line -> line.contains(text)).count();
    }

    @Test
    void workGoesOnWhenAFullDiskHasRoomAgainAndTheLogSaysOnceWhatWasWrong() throws Exception {
        assumeTrue(isThere("prlimit", "--fsize=" + FULL + ":", "true"));
        try (ChildJvm child = ChildJvm.startBy(
                List.of("prlimit", "--fsize=" + FULL + ":"),
                Program.class,
                directory.resolve("jobs.db").toString())) {
            child.awaitLine(AWAY);
            await().during(A_WHILE).atMost(PoolTest.LONG).until(() -> count(child, AWAY) == 1);
            assertThat(isThere("prlimit", "--fsize=unlimited:", "--pid", String.valueOf(child.pid())))
                    .isTrue();
            assertThat(child.awaitExit()).isZero();
            assertThat(count(child, AWAY)).isEqualTo(1);
            assertThat(child.lines())
                    .filteredOn(line -> line.startsWith(ENDED))
                    .hasSize(ROUNDS)
                    .containsOnly(ENDED + JOBS);
        }
    }

    /** Neither a file that is made there nor one that is there already. */
    @Test
    void aQueueOnADiskThatIsFullFromTheBeginningIsRefusedAtOnce() throws Exception {
        assumeTrue(isThere("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.toString()));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "full");
        try {
            try (JobStore store = JobStore.sqlite(directory.resolve("old.db"))) {
                DurableQueue.open(system, store, "queue", JobCodec.strings());
            }
            fill();
            for (String name : List.of("old.db", "new.db")) {
                try (JobStore store = JobStore.sqlite(directory.resolve(name))) {
                    assertThatThrownBy(() -> DurableQueue.open(system, store, "queue", JobCodec.strings()))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("queue 'queue' cannot be opened: the disk of the job store ")
                            .hasMessageContaining(" is full; make room on it, or move the store to another: [SQLITE_");
                }
            }
        } finally {
            system.terminate();
            assertThat(isThere("umount", directory.toString())).isTrue();
        }
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(directory.resolve("rest"))) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(Files.getFileStore(directory).getUsableSpace()).isZero();
        }
    }
}
