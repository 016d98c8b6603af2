package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.job.PoolProblem;
import dev.workpool.settings.JobOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import dev.workpool.support.Snapshots;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failures by the class of their error. */
class ErrorTypeMetricsTest extends PoolTest {
    private MeterRegistry registry;

    @BeforeEach
    void newRegistry() {
        registry = new SimpleMeterRegistry();
    }

    private double errors(String type) {
        return registry.find("workpool.errors").tag("error.type", type).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    static PoolProblem failed(Throwable error) {
        return new PoolProblem(
                PoolProblem.Kind.FAILED,
                "pool",
                Optional.empty(),
                0,
                2,
                1,
                Optional.of(error),
                "the handler threw",
                Duration.ZERO,
                0);
    }

    @Test
    void failuresAndTimeOutsOfAPoolAreCounted() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withObserver(new ErrorTypeMetrics(registry, Tags.of("region", "eu"))), job -> {
                    switch (job) {
                        case 0 -> throw new IOException("disk");
                        case 1 -> Handlers.hang();
                        default -> {}
                    }
                    return job;
                })) {
            get(pool.submitAll(List.of(0, 0, 2)).result());
            pool.submit(1, JobOptions.defaults().withTimeout(Duration.ofMillis(10)));
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(errors("java.io.IOException")).isEqualTo(2);
                assertThat(errors("timeout")).isEqualTo(1);
            });
            assertThat(registry.getMeters()).hasSize(2).allSatisfy(meter -> {
                assertThat(meter.getId().getTag("name")).isEqualTo(pool.name());
                assertThat(meter.getId().getTag("region")).isEqualTo("eu");
            });
        }
        await().atMost(LONG).until(() -> registry.getMeters().isEmpty());
    }

    @Test
    void aPoolThatEndsLateTakesNothingFromItsSuccessor() {
        ErrorTypeMetrics metrics = new ErrorTypeMetrics(registry);
        metrics.onStart("pool", 1);
        metrics.onStart("pool", 1);
        metrics.onProblem(failed(new IOException()));
        metrics.onEnd(Snapshots.of(1));
        assertThat(errors("java.io.IOException")).isEqualTo(2);
        metrics.onEnd(Snapshots.of(1));
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void beyondTwentyClassesTheyAreOthers() {
        List<Throwable> errors = List.of(
                new ArithmeticException(),
                new ArrayIndexOutOfBoundsException(),
                new ArrayStoreException(),
                new AssertionError(),
                new ClassCastException(),
                new ClassNotFoundException(),
                new CloneNotSupportedException(),
                new IllegalArgumentException(),
                new IllegalCallerException(),
                new IllegalMonitorStateException(),
                new IllegalStateException(),
                new IndexOutOfBoundsException(),
                new InstantiationException(),
                new InterruptedException(),
                new LayerInstantiationException(),
                new NegativeArraySizeException(),
                new NoSuchFieldException(),
                new NoSuchMethodException(),
                new NullPointerException(),
                new NumberFormatException(),
                new SecurityException(),
                new UnsupportedOperationException());
        ErrorTypeMetrics metrics = new ErrorTypeMetrics(registry);
        errors.forEach(error -> metrics.onProblem(failed(error)));
        errors.forEach(error -> metrics.onProblem(failed(error)));
        assertThat(registry.find("workpool.errors").counters()).hasSize(21);
        assertThat(errors("java.lang.NumberFormatException")).isEqualTo(4);
        assertThat(errors("other")).isEqualTo(8);
        metrics.onEnd(Snapshots.of(0));
        assertThat(registry.getMeters()).isEmpty();
        metrics.onProblem(failed(errors.get(0)));
        assertThat(errors("java.lang.ArithmeticException")).isEqualTo(2);
    }
}
