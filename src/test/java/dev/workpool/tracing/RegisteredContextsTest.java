package dev.workpool.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ClassPath;
import dev.workpool.support.PoolTest;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What is registered for context propagation, on the threads that call the handler. */
class RegisteredContextsTest extends PoolTest {
    private static final String TENANT = "tenant";

    private final ThreadLocal<String> tenant = new ThreadLocal<>();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(TENANT, tenant);
    }

    @AfterEach
    void unregister() {
        tenant.remove();
        ContextRegistry.getInstance().removeThreadLocalAccessor(TENANT);
    }

    private WorkerPool<Integer, String> tenants() {
        return WorkerPool.start(
                system, settings(1).withContextPropagators(new RegisteredContexts()), job -> job + tenant.get());
    }

    @Test
    void whatAnApplicationRegistersIsCarriedAndTakenAwayAgain() throws Exception {
        try (WorkerPool<Integer, String> pool = tenants()) {
            tenant.set("a");
            assertThat(get(pool.submit(1))).isEqualTo("1a");
            assertThat(get(pool.submitAll(List.of(2, 3)).result()).values()).containsExactly("2a", "3a");
            tenant.set("b");
            assertThat(get(pool.submit(4))).isEqualTo("4b");
            tenant.remove();
            assertThat(get(pool.submit(5))).isEqualTo("5null");
        }
    }

    /** Even what a handler leaves behind on its worker's thread is not there for who submits without a context. */
    @Test
    void whatTheSubmitterHasNotIsCleared() throws Exception {
        try (WorkerPool<Integer, String> pool =
                WorkerPool.start(system, settings(1).withContextPropagators(new RegisteredContexts()), job -> {
                    String found = tenant.get();
                    tenant.set("left behind");
                    return found;
                })) {
            assertThat(get(pool.submitAll(List.of(1, 2, 3)).result()).values()).containsOnlyNulls();
            tenant.set("mine");
            assertThat(get(pool.submit(4))).isEqualTo("mine");
        }
    }

    @Test
    void observationsOfMicrometerAreCarried() throws Exception {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(context -> true);
        try (WorkerPool<Integer, String> pool = WorkerPool.start(
                system,
                settings(1).withContextPropagators(new RegisteredContexts()),
                job -> registry.getCurrentObservation() == null
                        ? "none"
                        : registry.getCurrentObservation().getContext().getName())) {
            Observation.createNotStarted("order", registry).observeChecked(() -> {
                assertThat(get(pool.submit(1))).isEqualTo("order");
            });
            assertThat(get(pool.submit(2))).isEqualTo("none");
        }
    }

    /** Reactor puts its context on the thread of each operator; from there it goes with the job. */
    @Test
    void aContextOfReactorIsCarried() throws Exception {
        Hooks.enableAutomaticContextPropagation();
        try (WorkerPool<Integer, String> pool = tenants()) {
            Mono<String> result = Mono.just(1)
                    .flatMap(job -> Mono.fromFuture(pool.submit(job)))
                    .contextWrite(Context.of(TENANT, "reactive"));
            assertThat(result.block(LONG)).isEqualTo("1reactive");
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }
    }

    @Test
    void settingsMayNameIt() {
        WorkerPoolSettings settings = WorkerPoolSettings.create(
                ConfigFactory.parseString("workpool.context-propagators = [\"" + RegisteredContexts.class.getName()
                                + "\", \"" + OpenTelemetryContexts.class.getName() + "\"]")
                        .withFallback(ConfigFactory.defaultReference()),
                "named");
        assertThat(settings.contextPropagators())
                .hasExactlyElementsOfTypes(RegisteredContexts.class, OpenTelemetryContexts.class);
    }

    @Test
    void withoutTheLibraryAnErrorSaysWhatToAdd() throws Exception {
        assertThat(ClassPath.without("context-propagation", WithoutContextPropagation.class))
                .contains("dev.workpool.tracing.RegisteredContexts is not")
                .endsWith("registered contexts need io.micrometer:context-propagation on the class path; "
                        + "add this dependency, 1.2.1 is tested");
        assertThat(ClassPath.without("opentelemetry-", WithoutOpenTelemetry.class))
                .isEqualTo("tracing needs io.opentelemetry:opentelemetry-api on the class path; "
                        + "add this dependency, 1.68.0 is tested");
    }
}
