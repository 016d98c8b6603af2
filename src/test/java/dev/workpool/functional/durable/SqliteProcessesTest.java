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
import dev.workpool.durable.QueueWork;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes have a file of SQLite open. */
@Timeout(120)
class SqliteProcessesTest extends PoolTest {
    private static final String WORKING = "working";
    private static final String BEGUN = "begun ";
    private static final Duration LONG_LEASE = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private static DurableQueue<String> open(ActorSystem<?> system, JobStore store, Duration lease, boolean isKeyed) {
        return DurableQueue.open(
                system,
                store,
                QueueSettings.create(system, "queue").withLease(lease).withPollInterval(Duration.ofHours(1)),
                JobCodec.strings(),
                isKeyed ? QueueOrder.keyed(job -> job) : QueueOrder.byPriority());
    }

    /** Works on the queue and says which jobs have begun. Those named "hold" last until a file is there. */
    static final class Worker {
        private static final long LOOK_NS = 10_000_000L;

        private Worker() {}

        public static void main(String[] arguments) {
            Path end = Path.of(arguments[1]);
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "worker");
            DurableQueue<String> queue = open(
                    system,
                    JobStore.sqlite(Path.of(arguments[0])),
                    Duration.parse(arguments[2]),
                    Boolean.parseBoolean(arguments[3]));
            QueueWork work = queue.workOn(WorkerPool.start(
                    system, WorkerPoolSettings.create(system, "jobs").withWorkers(2), (String job) -> {
                        System.out.println(BEGUN + job);
                        while (job.startsWith("hold") && !Files.exists(end)) {
                            LockSupport.parkNanos(LOOK_NS); // whether it is interrupted or not
                        }
                        return null;
                    }));
            System.out.println(WORKING);
            while (work.stats().fenced() == 0) {
                LockSupport.parkNanos(LOOK_NS);
            }
            System.out.println("refused " + work.stats().fenced() + ", succeeded "
                    + work.stats().succeeded());
        }
    }

    private ChildJvm worker(Duration lease, boolean isKeyed) {
        return ChildJvm.start(
                Worker.class, file().toString(), end().toString(), lease.toString(), String.valueOf(isKeyed));
    }

    private Path file() {
        return directory.resolve("jobs.db");
    }

    private Path end() {
        return directory.resolve("end");
    }

    private WorkerPool<String, String> pool() {
        return WorkerPool.start(system, settings(2), job -> job);
    }

    private List<String> beside() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("jobs.db.processes"))) {
            return all.map(each -> each.getFileName().toString()).toList();
        }
    }

    @Test
    void oneAddsAndLooksWhileAnotherWorks() throws Exception {
        try (ChildJvm child = worker(LONG_LEASE, false);
                JobStore store = JobStore.sqlite(file())) {
            child.awaitLine(WORKING);
            DurableQueue<String> queue = open(system, store, LONG_LEASE, false);
            DurableBatch held = get(queue.enqueueAll(List.of("hold")));
            child.awaitLine(BEGUN + "hold"); // told, since it looks once in an hour by itself
            assertThat(get(queue.stats()).claimed()).isEqualTo(1);
            DurableBatch batch = get(queue.enqueueAll(List.of("a", "b")));
            assertThat(get(batch.ended()).succeeded()).isEqualTo(2);
            Files.createFile(end());
            assertThat(get(held.ended()).succeeded()).isEqualTo(1);
        }
    }

    @Test
    void othersHearThatAQueueGoesOnAndThatItsLimitsAreGone() throws Exception {
        try (ChildJvm child = worker(LONG_LEASE, false);
                JobStore store = JobStore.sqlite(file())) {
            child.awaitLine(WORKING);
            DurableQueue<String> queue = open(system, store, LONG_LEASE, false);
            get(queue.pause());
            get(queue.enqueueAll(List.of("a")));
            get(queue.resume());
            child.awaitLine(BEGUN + "a");
            get(queue.setConcurrency(OptionalInt.of(1)));
            get(queue.enqueueAll(List.of("hold", "b")));
            child.awaitLine(BEGUN + "hold");
            get(queue.setConcurrency(OptionalInt.empty()));
            child.awaitLine(BEGUN + "b");
        }
    }

    private void whatAKilledOneHeldRunsAgain(boolean isKeyed) throws Exception {
        try (ChildJvm child = worker(LONG_LEASE, isKeyed);
                JobStore store = JobStore.sqlite(file())) {
            child.awaitLine(WORKING);
            DurableQueue<String> queue = open(system, store, LONG_LEASE, isKeyed);
            DurableBatch batch = get(queue.enqueueAll(List.of("hold 1", "hold 2", "hold 3")));
            child.awaitLine(BEGUN + "hold");
            assertThat(beside()).hasSize(2);
            try (WorkerPool<String, String> pool = pool();
                    QueueWork work = queue.workOn(pool)) {
                child.kill();
                assertThat(get(batch.ended()).succeeded()).isEqualTo(3); // the lease runs for an hour
                assertThat(work.stats().succeeded()).isEqualTo(3);
            }
            await().atMost(LONG).untilAsserted(() -> assertThat(beside()).hasSize(1));
        }
        assertThat(directory.resolve("jobs.db.processes")).doesNotExist();
    }

    @Test
    void whatAKilledOneHeldRunsAgainAtOnce() throws Exception {
        whatAKilledOneHeldRunsAgain(false);
    }

    @Test
    void whatAKilledOneHeldOfLanesRunsAgainAtOnce() throws Exception {
        whatAKilledOneHeldRunsAgain(true);
    }

    /** One that is stopped in a transaction keeps all others from theirs, which is not what is meant here. */
    private static void suspendBetweenTransactions(ChildJvm child, DurableQueue<String> queue) throws Exception {
        while (true) {
            child.suspend();
            CompletableFuture<?> answer = queue.stats().toCompletableFuture();
            try {
                answer.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                child.resume();
                get(answer);
            }
        }
    }

    @Test
    void oneThatIsStoppedKeepsItsJobsUntilItsLeaseRunsOutAndItsOutcomesAreRefusedThen() throws Exception {
        Duration lease = Duration.ofSeconds(1);
        try (ChildJvm child = worker(lease, false);
                JobStore store = JobStore.sqlite(file())) {
            child.awaitLine(WORKING);
            DurableQueue<String> queue = DurableQueue.open(
                    system,
                    store,
                    QueueSettings.create(system, "queue").withLease(lease).withPollInterval(Duration.ofMillis(50)),
                    JobCodec.strings(),
                    QueueOrder.byPriority());
            DurableBatch batch = get(queue.enqueueAll(List.of("hold")));
            child.awaitLine(BEGUN + "hold");
            suspendBetweenTransactions(child, queue);
            try (WorkerPool<String, String> pool = pool();
                    QueueWork work = queue.workOn(pool)) {
                assertThat(get(batch.ended())).isEqualTo(new BatchProgress(1, 1, 0, 0, 0, 0));
                assertThat(work.stats().reapedLeases()).isEqualTo(1);
                Files.createFile(end());
                child.resume();
                assertThat(child.awaitLine("refused")).isEqualTo("refused 1, succeeded 0");
            }
        }
    }

    /** As earlier versions of the library do. */
    static final class EarlierVersion {
        private EarlierVersion() {}

        public static void main(String[] arguments) throws Exception {
            try (RandomAccessFile file = new RandomAccessFile(arguments[0] + ".lock", "rw")) {
                System.out.println(file.getChannel().tryLock() == null ? "refused" : "alone");
                LockSupport.park();
            }
        }
    }

    @Test
    void anEarlierVersionOfTheLibraryIsNotLetInAndLetsNobodyIn() throws Exception {
        try (JobStore store = JobStore.sqlite(file())) {
            open(system, store, LONG_LEASE, false);
            try (ChildJvm child = ChildJvm.start(EarlierVersion.class, file().toString())) {
                child.awaitLine("refused");
            }
        }
        try (ChildJvm child = ChildJvm.start(EarlierVersion.class, file().toString());
                JobStore store = JobStore.sqlite(file())) {
            child.awaitLine("alone");
            assertThatThrownBy(() -> open(system, store, LONG_LEASE, false))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("earlier version of the library");
        }
    }

    @Test
    void aSecondStoreOfThisProcessIsRefusedAndTakesNothingFromTheFirst() throws Exception {
        try (JobStore first = JobStore.sqlite(file());
                JobStore second = JobStore.sqlite(directory.resolve("../" + directory.getFileName() + "/jobs.db"))) {
            open(system, first, LONG_LEASE, false);
            assertThatThrownBy(() -> open(system, second, LONG_LEASE, false))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open in this process already; share its JobStore");
            try (ChildJvm child = ChildJvm.start(EarlierVersion.class, file().toString())) {
                child.awaitLine("refused"); // the first still has its locks
            }
        }
    }

    @Test
    void whoeverMayNotWriteIsToldSo() throws Exception {
        List<String> unprivileged = List.of("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override");
        assumeTrue(new ProcessBuilder(Stream.concat(unprivileged.stream(), Stream.of("true"))
                                .toList())
                        .start()
                        .waitFor()
                == 0);
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("r-xr-xr-x"));
        try (ChildJvm child =
                ChildJvm.startBy(unprivileged, Worker.class, file().toString(), end().toString(), "PT1H", "false")) {
            assertThat(child.awaitLine("cannot be opened")).contains("needs to write the file and into its folder");
        } finally {
            Files.setPosixFilePermissions(
                    directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
