package dev.workpool.support;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What tests of whole pools share: an actor system for the class, settings, and waits that end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PoolTest {
    /** For what has to happen, however loaded the machine is; never reached by a test that passes. */
    public static final Duration LONG = Duration.ofSeconds(60);

    private static final AtomicInteger POOLS = new AtomicInteger();

    protected ActorTestKit kit;
    protected ActorSystem<Void> system;

    @BeforeAll
    void startSystem() {
        kit = ActorTestKit.create(getClass().getSimpleName());
        system = kit.system();
    }

    @AfterAll
    void stopSystem() {
        kit.shutdownTestKit();
    }

    /** Settings for a pool that no other test's name clashes with. */
    protected WorkerPoolSettings settings(int workers) {
        return WorkerPoolSettings.create(system, "test-" + POOLS.incrementAndGet())
                .withWorkers(workers);
    }

    public static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    protected static List<Integer> jobs(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
