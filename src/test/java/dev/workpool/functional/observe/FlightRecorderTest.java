package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import dev.workpool.support.WithoutFlightRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What pools write to the flight recorder, over every kind of pool. */
class FlightRecorderTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @TempDir
    private Path dir;

    private final AtomicInteger files = new AtomicInteger();

    private interface Run {
        void run() throws Exception;
    }

    /** The events of all pools, of one name in their order. */
    private List<RecordedEvent> recorded(Run run) throws Exception {
        try (Recording recording = new Recording()) {
            recording.start();
            run.run();
            return stop(recording);
        }
    }

    private List<RecordedEvent> stop(Recording recording) throws IOException {
        recording.stop();
        return copyOf(recording);
    }

    private List<RecordedEvent> copyOf(Recording recording) throws IOException {
        Path file = dir.resolve(files.incrementAndGet() + ".jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(each -> each.getEventType().getName().startsWith("dev.workpool."))
                .toList();
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(each -> each.getEventType().getName().equals("dev.workpool." + name))
                .toList();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aBatchAndItsLongJobsAreRecorded(PoolKind kind) throws Exception {
        List<RecordedEvent> events = recorded(() -> {
            try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
                if (job == 1) {
                    Handlers.computeFor(Duration.ofMillis(30));
                }
                return 12 / job;
            })) {
                get(pool.submitAll(List.of(1, 2, 0), BatchOptions.defaults().withName("three"))
                        .result());
                pool.resize(2);
            }
        });
        assertThat(named(events, "PoolStart")).hasSize(1);
        assertThat(named(events, "PoolStart").get(0).getInt("workers")).isEqualTo(1);
        assertThat(named(events, "PoolResize").get(0).getInt("workers")).isEqualTo(2);
        assertThat(named(events, "PoolEnd").get(0).getLong("accepted")).isEqualTo(3);
        RecordedEvent batch = named(events, "Batch").get(0);
        assertThat(batch.getString("batchName")).isEqualTo("three");
        assertThat(batch.getLong("succeeded")).isEqualTo(2);
        assertThat(batch.getLong("failed")).isOne();
        assertThat(batch.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        assertThat(batch.getStackTrace()).isNull();
        assertThat(batch.getEventType().getCategoryNames()).containsExactly("Workpool");
        List<RecordedEvent> jobs = named(events, "Job");
        assertThat(jobs).hasSize(1);
        assertThat(jobs.get(0).getLong("batchId")).isEqualTo(batch.getLong("batchId"));
        assertThat(jobs.get(0).getLong("index")).isZero();
        assertThat(jobs.get(0).getInt("jobs")).isOne();
        assertThat(jobs.get(0).getDuration()).isBetween(Duration.ofMillis(29), batch.getDuration());
        RecordedEvent failure = named(events, "JobFailure").get(0);
        assertThat(failure.getLong("index")).isEqualTo(2);
        assertThat(failure.getString("error")).isEqualTo(ArithmeticException.class.getName());
    }

    /** One that hides among cheap ones is shown with its neighbours. */
    @Test
    void aLongJobAmongCheapOnesIsFound() throws Exception {
        int stuck = 654_321;
        List<RecordedEvent> events = recorded(() -> {
            try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
                if (job == stuck) {
                    Handlers.computeFor(Duration.ofMillis(50));
                }
                return job;
            })) {
                get(pool.submitAll(jobs(1_000_000)).result());
            }
        });
        assertThat(named(events, "Job"))
                .anyMatch(
                        each -> each.getLong("index") <= stuck && stuck < each.getLong("index") + each.getInt("jobs"));
        assertThat(named(events, "Job")).hasSizeLessThan(100);
    }

    @Test
    void whatGoesWrongIsRecorded() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        List<RecordedEvent> events = recorded(() -> {
            RetryPolicy twice = RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(3));
            try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                    system,
                    settings(1).withRetry(twice).withCancelGrace(Duration.ZERO).withMaxAbandoned(3),
                    job -> {
                        if (job == 1) {
                            throw new IllegalStateException("fails");
                        }
                        Handlers.ignoreInterruptsUntil(released);
                        return job;
                    })) {
                get(pool.submitAll(List.of(1)).result());
                get(pool.submitAll(List.of(2), BatchOptions.defaults().withTimeout(Duration.ofMillis(30)))
                        .result());
                await().atMost(LONG).until(() -> pool.snapshot().replacedWorkers() == 1);
                released.countDown();
            }
        });
        assertThat(named(events, "JobRetry").get(0).getDuration("time")).isEqualTo(Duration.ofMillis(3));
        assertThat(named(events, "JobFailure").get(0).getInt("attempt")).isEqualTo(2);
        assertThat(named(events, "JobTimeout").get(0).getDuration("time")).isEqualTo(Duration.ofMillis(30));
        assertThat(named(events, "JobAbandoned")).hasSize(1);
        assertThat(named(events, "WorkerReplaced")).hasSize(1);
    }

    /** Also one that never ends. */
    @Test
    void aJobThatIsStuckIsFound() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (Recording recording = new Recording();
                WorkerPool<Integer, Integer> pool =
                        WorkerPool.start(system, settings(2).withWarnAfter(Duration.ofSeconds(1)), job -> {
                            if (job == 4_711) {
                                released.await();
                            }
                            return job;
                        })) {
            recording.start();
            Batch<Integer> batch =
                    pool.submitAll(jobs(10_000), BatchOptions.defaults().withName("nightly"));
            List<RecordedEvent> overdue = List.of();
            while (overdue.isEmpty()) {
                overdue = named(copyOf(recording), "JobOverdue");
            }
            assertThat(overdue).hasSize(1);
            assertThat(overdue.get(0).getString("batchName")).isEqualTo("nightly");
            assertThat(overdue.get(0).getLong("batchId")).isEqualTo(batch.id());
            assertThat(overdue.get(0).getLong("index")).isEqualTo(4_711);
            assertThat(overdue.get(0).getDuration("time")).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            released.countDown();
            get(batch.result());
        }
    }

    @Test
    void poolsWorkWhereThereIsNoFlightRecorder() throws Exception {
        Path output = dir.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.se,jdk.unsupported",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutFlightRecorder.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(output)).endsWith("ended\n");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void statisticsAreRecordedOfPoolsThatAreOpen() throws Exception {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.enable("dev.workpool.PoolStatistics").withPeriod(Duration.ofMillis(100));
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job);
            get(pool.submitAll(jobs(10)).result());
            CountDownLatch seen = new CountDownLatch(3);
            Runnable count = seen::countDown;
            FlightRecorder.addPeriodicEvent(Tick.class, count);
            recording.enable(Tick.class).withPeriod(Duration.ofMillis(100));
            recording.start();
            seen.await();
            FlightRecorder.removePeriodicEvent(count);
            pool.close();
            events = stop(recording);
        }
        List<RecordedEvent> statistics = named(events, "PoolStatistics");
        assertThat(statistics).isNotEmpty();
        assertThat(statistics.get(0).getLong("succeeded")).isEqualTo(10);
        assertThat(statistics.get(0).getInt("workers")).isOne();
    }

    /** Comes as often as the statistics. */
    private static final class Tick extends jdk.jfr.Event {}
}
