package dev.workpool.testkit;

import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test of JUnit 5 a {@link WorkerPoolTestKit} of its own, as a parameter, and closes it after the test.
 *
 * <pre>{@code
 * @ExtendWith(WorkerPoolTestKitExtension.class)
 * class OrdersTest {
 *     @Test
 *     void aLostOrderTimesOut(WorkerPoolTestKit kit) { … }
 * }
 * }</pre>
 *
 * <p>A kit with other options than the default ones comes from an extension that is registered by a field: {@code
 * @RegisterExtension static final WorkerPoolTestKitExtension KITS = WorkerPoolTestKitExtension.with(options)}.
 * Thread-safe.
 */
public final class WorkerPoolTestKitExtension implements ParameterResolver, AfterEachCallback {
    private static final ExtensionContext.Namespace KITS =
            ExtensionContext.Namespace.create(WorkerPoolTestKitExtension.class);

    private final TestKitOptions options;

    /** Gives kits with the default options. */
    public WorkerPoolTestKitExtension() {
        this(TestKitOptions.defaults());
    }

    private WorkerPoolTestKitExtension(TestKitOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Gives kits with other options.
     *
     * @param options of each kit
     * @return to be registered
     */
    public static WorkerPoolTestKitExtension with(TestKitOptions options) {
        return new WorkerPoolTestKitExtension(options);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == WorkerPoolTestKit.class;
    }

    /** The same for all methods that are called for a test. */
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(KITS)
                .getOrComputeIfAbsent(
                        context.getUniqueId(), id -> WorkerPoolTestKit.create(options), WorkerPoolTestKit.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        WorkerPoolTestKit kit = context.getStore(KITS).remove(context.getUniqueId(), WorkerPoolTestKit.class);
        if (kit != null) {
            kit.close();
        }
    }
}
