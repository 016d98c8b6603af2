package dev.workpool.functional.stream;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestNgRunner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;

/** What takes jobs from a publisher keeps to the rules of Reactive Streams for subscribers, as their own tests see them. */
class ProcessTckTest {
    /** How long something that has to come may take, on a busy machine too; and how long what must not come is waited for. */
    private static TestEnvironment environment() {
        return new TestEnvironment(10_000, 20);
    }

    private static final AtomicInteger SYSTEMS = new AtomicInteger();

    @TestFactory
    Stream<DynamicTest> rulesForSubscribers() {
        return TestNgRunner.run(rule -> false, Blackbox.class, Whitebox.class);
    }

    /** A pool whose streams end with it. */
    private static final class Pool implements AutoCloseable {
        private final ActorSystem<Void> system =
                ActorSystem.create(Behaviors.empty(), "tck-" + SYSTEMS.incrementAndGet());
        private final WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "tck").withWorkers(2), (Integer job) -> job);
        private Processing stream;

        /** What a new stream subscribes with. */
        @SuppressWarnings("unchecked") // it takes Integers, and what it is a subscriber of besides is nobody's business
        Flow.Subscriber<Integer> subscriber() {
            CompletableFuture<Flow.Subscriber<? super Integer>> subscriber = new CompletableFuture<>();
            stream = pool.process(
                    (Flow.Publisher<Integer>) subscriber::complete,
                    StreamOptions.<Integer>ordered().withWindow(8),
                    (job, outcome) -> {});
            try {
                return (Flow.Subscriber<Integer>) PoolTest.get(subscriber);
            } catch (Exception e) {
                throw new AssertionError("no subscriber came", e);
            }
        }

        @Override
        public void close() {
            pool.close();
            system.terminate();
        }
    }

    /** Seen from outside. Public for TestNG. */
    public static class Blackbox extends FlowSubscriberBlackboxVerification<Integer> {
        private final Pool pool = new Pool();

        public Blackbox() {
            super(environment());
        }

        @Override
        public Flow.Subscriber<Integer> createFlowSubscriber() {
            return pool.subscriber();
        }

        @Override
        public Integer createElement(int element) {
            return element;
        }

        @AfterClass
        public void close() {
            pool.close();
        }
    }

    /** Seen from inside: each signal is told to the test when it has been taken. Public for TestNG. */
    public static class Whitebox extends FlowSubscriberWhiteboxVerification<Integer> {
        private final Pool pool = new Pool();

        public Whitebox() {
            super(environment());
        }

        @Override
        protected Flow.Subscriber<Integer> createFlowSubscriber(WhiteboxSubscriberProbe<Integer> probe) {
            Flow.Subscriber<Integer> subscriber = pool.subscriber();
            Processing stream = pool.stream;
            return new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscriber.onSubscribe(subscription);
                    probe.registerOnSubscribe(new SubscriberPuppet() {
                        @Override
                        public void triggerRequest(long elements) {
                            // It asks by itself, for as many as there is room for.
                        }

                        @Override
                        public void signalCancel() {
                            stream.cancel();
                        }
                    });
                }

                @Override
                public void onNext(Integer job) {
                    subscriber.onNext(job);
                    probe.registerOnNext(job);
                }

                @Override
                public void onError(Throwable error) {
                    subscriber.onError(error);
                    probe.registerOnError(error);
                }

                @Override
                public void onComplete() {
                    subscriber.onComplete();
                    probe.registerOnComplete();
                }
            };
        }

        @Override
        public Integer createElement(int element) {
            return element;
        }

        @AfterClass
        public void close() {
            pool.close();
        }
    }
}
