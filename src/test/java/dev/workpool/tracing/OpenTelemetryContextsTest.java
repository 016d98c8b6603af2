package dev.workpool.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.WorkerPool;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.BatchOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The context of OpenTelemetry, over every kind of pool. */
class OpenTelemetryContextsTest extends PoolTest {
    private static String tenant() {
        return Baggage.current().getEntryValue("tenant");
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    @SuppressWarnings("try") // the scope is there to be closed
    void baggageGoesWithJobsAndConsumersAndNoFurther(PoolKind kind) throws Exception {
        Queue<String> consumed = new ConcurrentLinkedQueue<>();
        OutcomeConsumer<Integer, String> consumer = (job, outcome) -> consumed.add(tenant());
        try (WorkerPool<Integer, String> pool = kind.startInline(
                system, settings(2).withContextPropagators(new OpenTelemetryContexts()), (job, context) -> tenant())) {
            Baggage baggage = Baggage.builder().put("tenant", "acme").build();
            try (Scope scope = Context.current().with(baggage).makeCurrent()) {
                assertThat(get(pool.submit(1))).isEqualTo("acme");
                assertThat(get(pool.submitAll(jobs(5), BatchOptions.defaults(), consumer)
                                        .result())
                                .values())
                        .hasSize(5)
                        .containsOnly("acme");
            }
            assertThat(consumed).hasSize(5).containsOnly("acme");
            assertThat(get(pool.submit(2))).isNull();
            assertThat(get(pool.submitAll(jobs(5)).result()).values()).containsOnlyNulls();
        }
    }
}
