package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.support.PoolTest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableQueueMetricsTest extends PoolTest {
    @TempDir
    private Path directory;

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private double value(String meter, String... tags) {
        return registry.get(meter)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void whatIsInTheQueueAndWhatIsDoneIsShownUntilTheStoreIsClosed() throws Exception {
        try (JobStore store = JobStore.sqlite(directory.resolve("jobs.db"))) {
            DurableQueue<String> queue = DurableQueue.open(system, store, "shown", JobCodec.strings());
            get(queue.enqueueAll(List.of("a", "bad", "c")));
            get(queue.enqueueAll(List.of("later"), EnqueueOptions.defaults().withDelay(Duration.ofDays(1))));
            DurableQueueMetrics.of(queue).withTags(Tags.of("region", "eu")).bindTo(registry);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(value("workpool.queue.depth", "state", "waiting"))
                            .isEqualTo(3));
            assertThat(value("workpool.queue.depth", "state", "scheduled", "region", "eu"))
                    .isEqualTo(1);
            assertThat(value("workpool.queue.depth", "state", "claimed")).isZero();
            assertThat(value("workpool.queue.oldest")).isNotNegative();
            assertThat(value("workpool.queue.store.available")).isEqualTo(1);
            assertThat(value("workpool.queue.store.outages")).isZero();

            WorkerPool<String, Integer> pool = WorkerPool.start(system, settings(1), job -> {
                if (job.equals("bad")) {
                    throw new IllegalArgumentException();
                }
                return 1;
            });
            QueueWork work = queue.workOn(pool);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(value("workpool.queue.jobs", "outcome", "succeeded"))
                            .isEqualTo(2));
            work.close();
            assertThat(value("workpool.queue.jobs", "outcome", "failed")).isEqualTo(1);
            assertThat(value("workpool.queue.deaths")).isEqualTo(1);
            assertThat(value("workpool.queue.claims")).isEqualTo(3);
            pool.close();
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void tagsThatMetersHaveAlreadyAreRefused() {
        DurableQueueMetrics metrics =
                DurableQueueMetrics.of("queue", new DurableQueueMetrics.Source(null, null, null, null));
        assertThatThrownBy(() -> metrics.withTags(Tags.of("state", "fine")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tag state = fine; allowed: keys other than [name, outcome, state]");
    }
}
