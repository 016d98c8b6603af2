package dev.workpool.functional.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts of submitters on the threads that call the handler. */
class ContextPropagatorTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    /** Writes down what it is asked for, and by which thread; 0 is attached by nobody. */
    private static final class Recording implements ContextPropagator<Integer> {
        private final String name;
        private final Queue<String> events;
        private final ThreadLocal<Integer> current = new ThreadLocal<>();

        Recording(String name, Queue<String> events) {
            this.name = name;
            this.events = events;
        }

        @Override
        public Integer capture() {
            events.add(name + " captured");
            if (current.get() != null && current.get() < 0) {
                throw new IllegalStateException("not captured");
            }
            return current.get();
        }

        @Override
        public Scope attach(Integer context) {
            if (context != null && context == 0) {
                throw new IllegalStateException("not attached");
            }
            events.add(name + " attached");
            Thread attached = Thread.currentThread();
            current.set(context);
            return () -> {
                current.remove();
                events.add(name + (attached == Thread.currentThread() ? " closed" : " closed elsewhere"));
                if (context != null && context == 13) {
                    throw new IllegalStateException("not closed");
                }
            };
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void scopesAreClosedInTheOppositeOrderOnTheSameThread(PoolKind kind) throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        Recording first = new Recording("first", events);
        Recording second = new Recording("second", events);
        WorkerPoolSettings settings = settings(1).withContextPropagators(first, second);
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> {
            events.add("job " + job);
            if (job == 2) {
                throw new IllegalArgumentException("two");
            }
            return first.current.get() + second.current.get();
        })) {
            first.current.set(1);
            second.current.set(10);
            BatchResult<Integer> result = get(pool.submitAll(List.of(1, 2)).result());
            assertThat(result.outcomes().get(0)).isEqualTo(new Outcome.Succeeded<>(11, 1));
            assertThat(result.outcomes().get(1)).isInstanceOf(Outcome.Failed.class);
            assertThat(events)
                    .containsExactly(
                            "first captured",
                            "second captured",
                            "first attached",
                            "second attached",
                            "job 1",
                            "second closed",
                            "first closed",
                            "first attached",
                            "second attached",
                            "job 2",
                            "second closed",
                            "first closed");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anErrorOfCaptureIsTheSubmittersAndNothingIsAccepted(PoolKind kind) throws Exception {
        Recording recording = new Recording("it", new ConcurrentLinkedQueue<>());
        WorkerPoolSettings settings = settings(1).withContextPropagators(recording);
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> job)) {
            recording.current.set(-1);
            assertThatThrownBy(() -> pool.submit(1)).hasMessage("not captured");
            assertThatThrownBy(() -> pool.submitAll(List.of(1))).hasMessage("not captured");
            recording.current.set(1);
            assertThat(get(pool.submit(1))).isEqualTo(1);
            assertThat(get(pool.stats()).accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anErrorOfAttachIsTheAttempts(PoolKind kind) throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        Recording first = new Recording("first", events);
        Recording second = new Recording("second", new ConcurrentLinkedQueue<>());
        WorkerPoolSettings settings = settings(1).withContextPropagators(first, second);
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> {
            events.add("job");
            return job;
        })) {
            first.current.set(1);
            second.current.set(0);
            Batch<Integer> batch = pool.submitAll(List.of(1));
            assertThat(get(batch.result()).failures().get(0).error()).hasMessage("not attached");
            assertThat(events).containsExactly("first captured", "first attached", "first closed");
            second.current.set(1);
            assertThat(get(pool.submit(2))).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anErrorOfCloseIsLoggedAndNoOthersBusiness(PoolKind kind) throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        Recording first = new Recording("first", events);
        Recording second = new Recording("second", new ConcurrentLinkedQueue<>());
        WorkerPoolSettings settings = settings(1).withContextPropagators(first, second);
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> job)) {
            second.current.set(13);
            LoggingTestKit.error("A context could not be taken away")
                    .expect(system, () -> pool.submit(2).join());
            assertThat(events).containsExactly("first captured", "first attached", "first closed");
            second.current.set(1);
            assertThat(get(pool.submit(3))).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aConsumerSharesWhatWasCapturedForItsJobs(PoolKind kind) throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        Recording first = new Recording("first", events);
        Recording second = new Recording("second", events);
        WorkerPoolSettings settings = settings(1).withContextPropagators(first, second);
        OutcomeConsumer<Integer, Integer> consumer = (job, outcome) -> {
            events.add("consumer " + (first.current.get() + second.current.get()) + " of " + job);
            throw new IllegalStateException("a consumer that throws, for the test");
        };
        try (WorkerPool<Integer, Integer> pool = kind.startInline(system, settings, (job, context) -> {
            events.add("job");
            return job;
        })) {
            first.current.set(1);
            second.current.set(10);
            LoggingTestKit.error("has thrown 1 times")
                    .expect(
                            system,
                            () -> pool.submitAll(List.of(1), BatchOptions.defaults(), consumer)
                                    .result()
                                    .toCompletableFuture()
                                    .join());
            assertThat(events)
                    .containsExactly(
                            "first captured",
                            "second captured",
                            "first attached",
                            "second attached",
                            "job",
                            "second closed",
                            "first closed",
                            "first attached",
                            "second attached",
                            "consumer 11 of 1",
                            "second closed",
                            "first closed");
        }
    }

    @Test
    void aConsumerWhoseContextCannotBeAttachedIsCalledWithout() throws Exception {
        Recording recording = new Recording("it", new ConcurrentLinkedQueue<>());
        WorkerPoolSettings settings = settings(1).withContextPropagators(recording);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        OutcomeConsumer<Integer, Integer> consumer = (job, outcome) -> seen.add("" + recording.current.get());
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job)) {
            recording.current.set(0);
            LoggingTestKit.error("has thrown 3 times")
                    .withCause(IllegalStateException.class)
                    .expect(
                            system,
                            () -> pool.submitAll(jobs(3), BatchOptions.defaults(), consumer)
                                    .result()
                                    .toCompletableFuture()
                                    .join());
            assertThat(seen).hasSize(3).containsOnly("null");
        }
    }

    @Test
    void aStreamWhoseContextCannotBeAttachedEndsAsIfItsConsumerHadThrown() {
        Recording recording = new Recording("it", new ConcurrentLinkedQueue<>());
        WorkerPoolSettings settings = settings(1).withContextPropagators(recording);
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job)) {
            recording.current.set(0);
            Processing consumed =
                    pool.process(jobs(3).iterator(), StreamOptions.ordered(), (job, outcome) -> seen.add(job));
            assertThatThrownBy(() -> get(consumed.result())).hasRootCauseMessage("not attached");
            StreamOptions<Integer> options =
                    StreamOptions.<Integer>ordered().withObserver((job, outcome) -> seen.add(job));
            Processing observed = pool.process(jobs(3).iterator(), options, (job, outcome) -> {});
            assertThatThrownBy(() -> get(observed.result())).hasRootCauseMessage("not attached");
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void anActionWhoseContextCannotBeAttachedRunsWithout() throws Exception {
        Recording recording = new Recording("it", new ConcurrentLinkedQueue<>());
        AtomicInteger attached = new AtomicInteger();
        ContextPropagator<Integer> once = new ContextPropagator<>() {
            @Override
            public Integer capture() {
                return 0;
            }

            @Override
            public Scope attach(Integer context) {
                if (attached.incrementAndGet() > 1) {
                    throw new IllegalStateException("not twice");
                }
                return () -> {};
            }
        };
        WorkerPoolSettings settings = settings(1).withContextPropagators(recording, once);
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, (Integer job, JobContext context) -> {
                    context.onCancel(() -> {
                        seen.complete(recording.current.get());
                        told.countDown();
                    });
                    running.countDown();
                    told.await();
                    return job;
                })) {
            recording.current.set(1);
            CompletableFuture<Integer> future = pool.submit(1);
            running.await();
            String in = LoggingTestKit.error("A context could not be put in place")
                    .expect(system, () -> {
                        future.cancel(true);
                        return "" + seen.join();
                    });
            assertThat(in).isEqualTo("null");
        }
    }

    @Test
    void aScopeThatIsNullFailsTheAttempt() throws Exception {
        ContextPropagator<String> careless = new ContextPropagator<>() {
            @Override
            public String capture() {
                return "";
            }

            @Override
            public Scope attach(String context) {
                return null;
            }
        };
        WorkerPoolSettings settings = settings(1).withContextPropagators(careless);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job)) {
            Throwable error = get(pool.submit(1).handle((value, thrown) -> thrown));
            assertThat(error).isInstanceOf(NullPointerException.class).hasMessageContaining("index 0");
        }
    }

    @Test
    void aJobThatIsNullIsRefusedAsWithoutContexts() {
        WorkerPoolSettings settings = settings(1).withContextPropagators(ContextPropagator.mdc());
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job)) {
            assertThatThrownBy(() -> pool.submit(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("job");
            assertThatThrownBy(() -> pool.submitAll(Arrays.asList(1, null)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("index 1");
        }
    }

    // Settings

    /** Found by its name. */
    public static final class Named implements ContextPropagator<String> {
        @Override
        public String capture() {
            return "";
        }

        @Override
        public Scope attach(String context) {
            return () -> {};
        }
    }

    /** Found, but of no use. */
    public static final class WithoutConstructor implements ContextPropagator<String> {
        private WithoutConstructor() {}

        @Override
        public String capture() {
            return "";
        }

        @Override
        public Scope attach(String context) {
            return () -> {};
        }
    }

    private static WorkerPoolSettings configured(String list) {
        Config config = ConfigFactory.parseString("workpool.context-propagators = " + list)
                .withFallback(ConfigFactory.defaultReference());
        return WorkerPoolSettings.create(config, "named");
    }

    @Test
    void theyAreNamedInConfigurationAndMadeOnce() {
        assertThat(configured("[]").contextPropagators()).isEmpty();
        WorkerPoolSettings settings = configured("[mdc, \"" + Named.class.getName() + "\"]");
        assertThat(settings.contextPropagators()).hasSize(2).first().asString().isEqualTo("mdc");
        assertThat(settings.contextPropagators().get(1)).isInstanceOf(Named.class);
        assertThat(settings.withWorkers(3).contextPropagators()).isEqualTo(settings.contextPropagators());
        assertThat(settings.withContextPropagators().contextPropagators()).isEmpty();
        assertThatThrownBy(() -> settings.withContextPropagators((ContextPropagator<?>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("context-propagators");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no.such.Class",
                "java.lang.String",
                "dev.workpool.settings.ContextPropagator",
                "dev.workpool.functional.context.ContextPropagatorTest$WithoutConstructor"
            })
    void aNameThatIsNoneFailsNamingIt(String name) {
        assertThatThrownBy(() -> configured("[\"" + name + "\"]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("workpool.context-propagators = [" + name + "]; allowed: a list of ")
                .hasMessageEndingWith(", which " + name + " is not");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mdc", "7", "null", "[[mdc]]"})
    void whatIsNoListFails(String value) {
        assertThatThrownBy(() -> configured(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("workpool.context-propagators = ")
                .hasMessageContaining("; allowed: a list of \"mdc\" and names of public classes");
    }
}
