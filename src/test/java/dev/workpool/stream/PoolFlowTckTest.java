package dev.workpool.stream;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.AsPublisher;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.TestNgRunner;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** A flow keeps to the rules of Reactive Streams for publishers and for processors, as their own tests see them. */
class PoolFlowTckTest {
    /**
     * How long something that has to come may take, on a busy machine too, which three rules of each class wait for in any case; and how long
     * what must not come is waited for. Each class has its own, which collects what goes wrong.
     */
    private static TestEnvironment environment() {
        return new TestEnvironment(3_000, 20);
    }

    private static final AtomicInteger SYSTEMS = new AtomicInteger();

    /** What a publisher of Akka's that has one subscriber need not do for several. */
    private static final Set<String> FOR_SEVERAL_SUBSCRIBERS = Set.of(
            "required_mustRequestFromUpstreamForElementsThatHaveBeenRequestedLongAgo",
            "required_spec104_mustCallOnErrorOnAllItsSubscribersIfItEncountersANonRecoverableError");

    @TestFactory
    Stream<DynamicTest> rulesForPublishersAndProcessors() {
        return TestNgRunner.run(
                rule -> rule.startsWith("optional_spec111") || FOR_SEVERAL_SUBSCRIBERS.contains(rule),
                AsPublisherInOrder.class,
                AsPublisherAsCompleted.class,
                AsProcessor.class);
    }

    private interface Rule {
        void verify() throws Throwable;
    }

    /**
     * For a rule that the garbage collector has to show: it is asked once, and given a tenth of a second, which on a busy machine it may not
     * be able to keep.
     */
    private static void eventually(TestEnvironment environment, Rule rule) throws Throwable {
        for (int attempt = 1; ; attempt++) {
            try {
                rule.verify();
                return;
            } catch (AssertionError e) {
                if (attempt == 20) {
                    throw e;
                }
                environment.clearAsyncErrors();
            }
        }
    }

    private static final class Pool implements AutoCloseable {
        private final ActorSystem<Void> system =
                ActorSystem.create(Behaviors.empty(), "flow-tck-" + SYSTEMS.incrementAndGet());
        private final WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "tck").withWorkers(2), (Integer job) -> job);

        Publisher<Integer> publisher(Source<Integer, ?> source, StreamOptions<Integer> options) {
            return source.via(PoolFlow.of(pool, options))
                    .via(PoolFlow.values())
                    .runWith(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), system);
        }

        Processor<Integer, Integer> processor(StreamOptions<Integer> options) {
            Flow<Integer, Outcome<Integer>, ?> flow = PoolFlow.of(pool, options);
            return flow.via(PoolFlow.<Integer>values()).toProcessor().run(system);
        }

        @Override
        public void close() {
            pool.close();
            system.terminate();
        }
    }

    /** What the two publishers have in common. */
    public abstract static class AsPublisherVerification extends PublisherVerification<Integer> {
        private final Pool pool = new Pool();
        private final StreamOptions<Integer> options;

        private final TestEnvironment environment;

        AsPublisherVerification(StreamOptions<Integer> options) {
            this(options, environment());
        }

        private AsPublisherVerification(StreamOptions<Integer> options, TestEnvironment environment) {
            super(environment);
            this.options = options;
            this.environment = environment;
        }

        @Override
        @Test
        public void required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber()
                throws Throwable {
            eventually(
                    environment,
                    super::required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber);
        }

        @Override
        public Publisher<Integer> createPublisher(long elements) {
            Source<Integer, ?> source = elements == Long.MAX_VALUE
                    ? Source.repeat(1)
                    : Source.range(1, Math.toIntExact(elements)).take(elements);
            return pool.publisher(source, options);
        }

        @Override
        public Publisher<Integer> createFailedPublisher() {
            return pool.publisher(Source.failed(new IllegalStateException("failed on purpose")), options);
        }

        @AfterClass
        public void close() {
            pool.close();
        }
    }

    /** In order. Public for TestNG. */
    public static class AsPublisherInOrder extends AsPublisherVerification {
        public AsPublisherInOrder() {
            super(StreamOptions.ordered());
        }
    }

    /** As completed, with a window that is often full. Public for TestNG. */
    public static class AsPublisherAsCompleted extends AsPublisherVerification {
        public AsPublisherAsCompleted() {
            super(StreamOptions.<Integer>asCompleted().withWindow(2));
        }
    }

    /** Public for TestNG. */
    public static class AsProcessor extends IdentityProcessorVerification<Integer> {
        private static final int WINDOW = 8;

        private final Pool pool = new Pool();
        private final ExecutorService publishers = Executors.newFixedThreadPool(4);

        private final TestEnvironment environment;

        public AsProcessor() {
            this(environment());
        }

        private AsProcessor(TestEnvironment environment) {
            super(environment);
            this.environment = environment;
        }

        @Override
        @Test
        public void required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber()
                throws Throwable {
            eventually(
                    environment,
                    super::required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber);
        }

        @Override
        public Processor<Integer, Integer> createIdentityProcessor(int bufferSize) {
            return pool.processor(StreamOptions.<Integer>ordered().withWindow(WINDOW));
        }

        @Override
        public Publisher<Integer> createFailedPublisher() {
            return pool.publisher(
                    Source.failed(new IllegalStateException("failed on purpose")), StreamOptions.ordered());
        }

        @Override
        public ExecutorService publisherExecutorService() {
            return publishers;
        }

        @Override
        public Integer createElement(int element) {
            return element;
        }

        @Override
        public long maxSupportedSubscribers() {
            return 1;
        }

        @AfterClass
        public void close() {
            publishers.shutdown();
            pool.close();
        }
    }
}
