package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.job.TimeDistribution;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class JobMeterTest {
    private long nowNs = 1_000;
    private int reads;
    private final JobTimes times = new JobTimes(() -> {
        reads++;
        return nowNs;
    });
    private final JobMeters meters = new JobMeters("p", times);
    private final JobMeter meter = meters.meter(0);

    JobMeterTest() {
        times.turnOn();
    }

    private void chunk(int jobs, long waitedNs, IntToLongFunction jobNs) {
        long queuedNs = waitedNs == PoolGauges.NOTHING ? waitedNs : nowNs - waitedNs;
        int unmeasured = meter.beginChunk(new Slice<>(Slices.batch(1), 0, new Object[jobs], 0, jobs, 1, queuedNs));
        for (int i = 0; i < jobs; i++) {
            if (unmeasured > 0) {
                unmeasured--;
                nowNs += jobNs.applyAsLong(i);
            } else {
                meter.beginJob(i);
                nowNs += jobNs.applyAsLong(i);
                unmeasured = meter.endJob();
            }
        }
        meter.endChunk(jobs, unmeasured);
    }

    @Test
    void isOnOnceSomebodyWantsToKnow() {
        assertThat(meters.areOn()).isTrue();
        assertThat(new JobMeters("p", new JobTimes(() -> 0)).areOn()).isFalse();
    }

    @Test
    void dearJobsAreAllMeasured() {
        for (int i = 0; i < 10; i++) {
            chunk(100, 50_000, job -> 5_000);
        }
        TimeDistribution durations = times.durations();
        assertThat(durations.count()).isEqualTo(1_000);
        assertThat(durations.total()).isEqualTo(Duration.ofMillis(5));
        assertThat(durations.max()).isEqualTo(Duration.ofNanos(5_000));
        TimeDistribution waits = times.waits();
        assertThat(waits.count()).isEqualTo(1_000);
        assertThat(waits.max()).isEqualTo(Duration.ofNanos(50_000));
    }

    @Test
    void ofCheapJobsASampleStandsForAll() {
        chunk(10, PoolGauges.NOTHING, job -> 100);
        reads = 0;
        for (int i = 0; i < 100; i++) {
            chunk(640, PoolGauges.NOTHING, job -> 100);
        }
        assertThat(reads).isBetween(2_200 - 20, 2_200 + 20); // two a sample, two a chunk
        assertThat(times.durations().count()).isBetween(64_000 - 64L, 64_010 + 64L);
        assertThat(times.durations().p99()).isBetween(Duration.ofNanos(98), Duration.ofNanos(100));
        assertThat(times.waits().count()).isZero();
    }

    /** As the place of the sample moves on, a rhythm of 64 jobs is no trouble. */
    @Test
    void theSampleHasEveryPlaceInTurn() {
        chunk(10, PoolGauges.NOTHING, job -> 100);
        for (int i = 0; i < 64; i++) {
            chunk(64 * 64, PoolGauges.NOTHING, job -> job % 64 == 5 ? 20_000 : 100);
        }
        double all = 64.0 * 64 * 64;
        TimeDistribution durations = times.durations();
        assertThat(durations.count() / all).isBetween(0.99, 1.01);
        assertThat(durations.percentile(0.98)).isBetween(Duration.ofNanos(98), Duration.ofNanos(102));
        assertThat(durations.percentile(0.99)).isBetween(Duration.ofNanos(19_600), Duration.ofNanos(20_400));
        double total = all * (100 + 19_900 / 64.0);
        assertThat(durations.total().toNanos() / total).isBetween(0.98, 1.02);
    }

    @Test
    void jobsThatBecomeDearAreMeasuredFromTheNextChunkOn() {
        chunk(1_000, PoolGauges.NOTHING, job -> 100);
        chunk(1_000, PoolGauges.NOTHING, job -> 100);
        chunk(10, PoolGauges.NOTHING, job -> 10_000);
        long before = times.durations().count();
        chunk(10, PoolGauges.NOTHING, job -> 10_000);
        assertThat(times.durations().count()).isEqualTo(before + 10);
    }

    /** A job that comes alone may be cheap or dear, whatever the one before it was. */
    @Test
    void jobsThatComeInSmallNumbersAreAllMeasured() {
        for (int i = 0; i < 100; i++) {
            chunk(1, PoolGauges.NOTHING, job -> 100);
            chunk(1, PoolGauges.NOTHING, job -> 50_000_000);
        }
        assertThat(times.durations().count()).isEqualTo(200);
        assertThat(times.durations().total()).isEqualTo(Duration.ofNanos(100 * 50_000_100L));
    }

    @Test
    void whatARunnerHasMeasuredStaysWhenItEnds() {
        chunk(3, 0, job -> 5_000);
        meter.close();
        meter.close(); // which changes nothing
        assertThat(times.durations().count()).isEqualTo(3);
        assertThat(times.waits().count()).isEqualTo(3);
    }

    @Test
    void aReaderBesideTheRunnerSeesNoFewerThanBefore() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        Thread runner = new Thread(() -> {
            for (int i = 0; i < 20_000; i++) {
                chunk(10, 5, job -> 4_000 + 100L * job);
                begun.countDown();
            }
            ended.set(true);
        });
        runner.start();
        begun.await();
        long before = 0;
        while (!ended.get()) {
            long now = times.durations().count();
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
        runner.join();
        assertThat(times.durations().count()).isEqualTo(200_000);
    }
}
