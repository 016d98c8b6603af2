package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the completion of {@link DurableBatch#cancelled} on no job of the batch begins, in any process: as seen from outside, by when handlers were called. */
class CancelledBatchTest extends FaultTest {
    private static final String BEGUN = "begun ";
    private static final String OVER = "over";
    private static final int JOBS = 6_000;

    @TempDir
    private Path directory;

    /** Works on the queue until a file is there, and says when each job begins. */
    static final class Worker {
        private static final long LOOK_NS = 10_000_000L;
        private static final long JOB_NS = 2_000_000L;

        private Worker() {}

        public static void main(String[] arguments) {
            Path end = Path.of(arguments[1]);
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "cancelled");
            QueueSettings settings = QueueSettings.create(system, QUEUE).withLease(Duration.parse(arguments[2]));
            JobStore store = JobStore.postgres(arguments[0], "postgres", "");
            DurableQueue<String> queue =
                    DurableQueue.open(system, store, settings, JobCodec.strings(), QueueOrder.byPriority());
            QueueWork work = queue.workOn(WorkerPool.start(
                    system, WorkerPoolSettings.create(system, "jobs").withWorkers(2), (String job) -> {
                        System.out.println(BEGUN + now());
                        LockSupport.parkNanos(JOB_NS);
                        return null;
                    }));
            while (!Files.exists(end)) {
                LockSupport.parkNanos(LOOK_NS);
            }
            work.close();
            System.out.println(OVER);
            store.close();
            system.terminate();
        }
    }

    /** Microseconds of the clock that all processes of the machine share. */
    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private ChildJvm worker(Path end, Duration lease) {
        return closed(ChildJvm.start(Worker.class, database.getUrl(), end.toString(), lease.toString()));
    }

    private static long begun(ChildJvm child) {
        return child.lines().stream().filter(line -> line.startsWith(BEGUN)).count();
    }

    /** How many jobs have begun in a child after a moment, and how long after it the last did. */
    private static List<Long> begunAfter(ChildJvm child, long micros) {
        return child.lines().stream()
                .filter(line -> line.startsWith(BEGUN))
                .map(line -> Long.parseLong(line.substring(BEGUN.length())) - micros)
                .filter(late -> late > 0)
                .toList();
    }

    /** As many as are claimed at once, so that little is left for the cancellation itself to settle. */
    private DurableBatch enqueue() throws Exception {
        return get(queue(store, queueSettings()).enqueueAll(texts(JOBS)));
    }

    private static CompletionStage<Long> whenDone(CompletionStage<?> stage) {
        return stage.thenApply(done -> now());
    }

    @Test
    void noJobBeginsInAnotherProcessOnceEachHasConfirmed() throws Exception {
        Path end = directory.resolve("end");
        DurableBatch batch = enqueue();
        List<ChildJvm> children = List.of(worker(end, Duration.ofSeconds(30)), worker(end, Duration.ofSeconds(30)));
        await().atMost(LONG).until(() -> children.stream().allMatch(child -> begun(child) > 200));
        long askedUs = now();
        long storedUs = get(whenDone(batch.cancel()));
        long cancelledUs = get(whenDone(batch.cancelled()));
        assertThat(get(batch.ended()).cancelled()).isGreaterThan(1_000);
        Files.createFile(end);
        for (ChildJvm child : children) {
            child.awaitLine(OVER);
            System.out.printf(
                    "stored after %d us, cancelled after %d us; begun after it was stored: %s, after cancelled: %s%n",
                    storedUs - askedUs,
                    cancelledUs - askedUs,
                    last(begunAfter(child, storedUs)),
                    last(begunAfter(child, cancelledUs)));
            assertThat(begunAfter(child, cancelledUs)).isEmpty();
        }
    }

    private static String last(List<Long> late) {
        return late.isEmpty() ? "none" : late.size() + " up to " + late.get(late.size() - 1) + " us";
    }

    /**
     * Three stores in this process, which know of each other by the database alone, and a cancellation that meets their
     * claims, splits and acknowledgements at any moment.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noJobBeginsHoweverTheCancellationMeetsClaims(long seed) throws Exception {
        Random random = new Random(seed);
        QueueSettings settings = queueSettings().withSegmentJobs(20).withLease(Duration.ofSeconds(30));
        Map<String, Queue<Long>> begunNs = new ConcurrentHashMap<>();
        for (int i = 0; i < 3; i++) {
            closed(queue(store(database), settings).workOn(pool(job -> {
                long nowNs = System.nanoTime();
                begunNs.computeIfAbsent(job, key -> new ConcurrentLinkedQueue<>())
                        .add(nowNs);
                LockSupport.parkNanos(300_000);
            })));
        }
        DurableQueue<String> queue = queue(store, settings);
        int cancelledJobs = 0;
        for (int round = 0; round < 20; round++) {
            String name = "round " + round;
            DurableBatch batch = get(queue.enqueueAll(Collections.nCopies(20 + random.nextInt(400), name)));
            LockSupport.parkNanos(random.nextInt(60_000_000));
            CompletionStage<Done> cancel = batch.cancel();
            if (random.nextBoolean()) {
                get(cancel);
            }
            long cancelledNs = get(batch.cancelled().thenApply(done -> System.nanoTime()));
            cancelledJobs += (int) get(batch.ended()).cancelled();
            get(cancel);
            assertThat(begunNs.getOrDefault(name, new ConcurrentLinkedQueue<>()))
                    .as(name + " of seed " + seed)
                    .allSatisfy(each -> assertThat(each - cancelledNs).isNegative());
        }
        assertThat(cancelledJobs).isGreaterThan(300);
    }

    /** What is queued inside its pool would begin before anybody in it looks at the clock. */
    @Test
    void noJobBeginsInAProcessThatWasStoppedForLongerThanItsLease() throws Exception {
        Path end = directory.resolve("end");
        DurableBatch batch = enqueue();
        ChildJvm child = worker(end, Duration.ofSeconds(1));
        await().atMost(LONG).until(() -> begun(child) > 500);
        child.suspend();
        CompletionStage<Long> stored = whenDone(batch.cancel());
        long cancelledUs = get(whenDone(batch.cancelled()));
        assertThat(get(stored)).isLessThan(cancelledUs);
        child.resume();
        Files.createFile(end);
        child.awaitLine(OVER);
        System.out.printf(
                "cancelled %d us after it was stored; begun after that: %s%n",
                cancelledUs - get(stored), last(begunAfter(child, cancelledUs)));
        assertThat(begunAfter(child, cancelledUs)).isEmpty();
        assertThat(get(batch.ended()).total()).isEqualTo(JOBS);
    }

    /** Also where nobody has cancelled: others run what it held, and it begins none of that. */
    @Test
    void aProcessThatWasStoppedBeginsNothingThatOthersHaveTakenOver() throws Exception {
        Path end = directory.resolve("end");
        DurableBatch batch = get(queue(store, queueSettings()).enqueueAll(texts(2_000)));
        ChildJvm child = worker(end, Duration.ofSeconds(1));
        await().atMost(LONG).until(() -> begun(child) > 100);
        child.suspend();
        closed(queue(store, queueSettings()).workOn(pool(job -> {})));
        get(batch.ended());
        long endedUs = now();
        child.resume();
        Files.createFile(end);
        child.awaitLine(OVER);
        assertThat(begunAfter(child, endedUs)).isEmpty();
    }
}
