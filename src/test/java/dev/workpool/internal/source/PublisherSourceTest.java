package dev.workpool.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.internal.akka.TestHarness;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publishers that keep to the rules of Reactive Streams, and such that do not. */
class PublisherSourceTest {
    private static final int SIZE = 8;

    private final Window window = new Window(SIZE, 1, TestHarness.NONE);
    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
    private final Subscription subscription = new Subscription();

    /** What becomes of each job that is handed in. */
    private Predicate<String> offer = taken::add;

    private final JobSource.Sink<String> sink = new JobSource.Sink<>() {
        @Override
        public long await(long taken) {
            return window.await(taken);
        }

        @Override
        public boolean offer(String job) {
            return offer.test(job);
        }

        @Override
        public void poke() {
            window.poke();
        }
    };

    private Flow.Subscriber<? super String> subscriber;
    private CompletableFuture<Void> pulled;

    private static final class Subscription implements Flow.Subscription {
        final List<Long> requests = Collections.synchronizedList(new ArrayList<>());
        volatile int cancels;
        volatile Runnable onRequest = () -> {};

        @Override
        public void request(long more) {
            requests.add(more);
            onRequest.run();
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one at a time, by rule 2.7
        public void cancel() {
            cancels++;
        }

        void awaitRequested(long jobs) {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(PoolTest.LONG)
                    .until(() -> List.copyOf(requests).stream()
                                    .mapToLong(Long::longValue)
                                    .sum()
                            == jobs);
        }
    }

    /** Pulls from a publisher on a thread of its own, as a pool would. */
    private void pull(Flow.Publisher<String> publisher) {
        PublisherSource<String> source = new PublisherSource<>(publisher);
        window.open();
        pulled = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                source.pull(sink);
                pulled.complete(null);
            } catch (Throwable t) {
                pulled.completeExceptionally(t);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void pull() throws Exception {
        CompletableFuture<Flow.Subscriber<? super String>> subscribed = new CompletableFuture<>();
        pull(subscribed::complete);
        subscriber = PoolTest.get(subscribed);
    }

    private void subscribe() throws Exception {
        pull();
        subscriber.onSubscribe(subscription);
        subscription.awaitRequested(SIZE);
    }

    private Throwable problem() throws Exception {
        return PoolTest.get(pulled.handle((nothing, error) -> error));
    }

    @AfterEach
    void nobodyIsLeftPulling() throws Exception {
        window.close();
        pulled.handle((nothing, error) -> error).get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void asManyAreAskedForAsThereIsRoomFor() throws Exception {
        subscribe();
        for (int i = 0; i < SIZE; i++) {
            subscriber.onNext("" + i);
        }
        assertThat(taken).hasSize(SIZE);
        window.delivered(3);
        subscription.awaitRequested(SIZE + 3);
        subscriber.onComplete();
        assertThat(problem()).isNull();
        assertThat(subscription.cancels).isZero();
    }

    @Test
    void aPublisherMayAnswerWithinTheRequest() throws Exception {
        pull(it -> {
            subscription.onRequest = () -> {
                long asked = subscription.requests.get(subscription.requests.size() - 1);
                for (long i = 0; i < asked; i++) {
                    it.onNext("x");
                }
                window.delivered((int) asked);
                if (taken.size() >= 20) {
                    it.onComplete();
                }
            };
            it.onSubscribe(subscription);
        });
        assertThat(problem()).isNull();
        assertThat(taken).hasSizeGreaterThanOrEqualTo(20);
        assertThat(subscription.cancels).isZero();
    }

    @Test
    void itsErrorEndsTheInput() throws Exception {
        subscribe();
        subscriber.onNext("a");
        subscriber.onError(new IllegalStateException("of the publisher"));
        assertThat(problem()).isInstanceOf(IllegalStateException.class).hasMessage("of the publisher");
        assertThat(taken).containsExactly("a");
        assertThat(subscription.cancels).as("rule 2.4").isZero();
    }

    @Test
    void aSecondEndIsNotHeard() throws Exception {
        subscribe();
        subscriber.onComplete();
        subscriber.onComplete();
        subscriber.onError(new IllegalStateException("too late"));
        subscriber.onNext("too late");
        assertThat(problem()).isNull();
        assertThat(taken).isEmpty();
    }

    @Test
    void moreThanWasAskedForIsItsError() throws Exception {
        subscribe();
        for (int i = 0; i < SIZE + 3; i++) {
            subscriber.onNext("" + i);
        }
        assertThat(problem())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a job more than the 8 that it was asked for")
                .hasMessageContaining("rule 1.1");
        assertThat(taken).hasSize(SIZE);
        assertThat(subscription.cancels).isOne();
    }

    @Test
    void jobsBeforeItsSubscriptionAreItsError() throws Exception {
        pull();
        subscriber.onNext("a");
        assertThat(problem()).hasMessageContaining("a job more than the 0");
        subscriber.onSubscribe(subscription);
        assertThat(subscription.cancels).isOne();
    }

    @Test
    void aNullEndsTheInputAndIsThrownBack() throws Exception {
        subscribe();
        subscriber.onNext("a");
        assertThatThrownBy(() -> subscriber.onNext(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("job at index 1 of the publisher is null");
        assertThat(problem()).hasMessage("job at index 1 of the publisher is null");
        assertThat(subscription.cancels).isOne();
        assertThatThrownBy(() -> subscriber.onNext(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void anErrorThatIsNullEndsTheInputAndIsThrownBack() throws Exception {
        subscribe();
        assertThatThrownBy(() -> subscriber.onError(null)).isInstanceOf(NullPointerException.class);
        assertThat(problem()).hasMessageContaining("error of the publisher is null");
    }

    @Test
    void aSubscriptionThatIsNullEndsTheInputAndIsThrownBack() throws Exception {
        pull();
        assertThatThrownBy(() -> subscriber.onSubscribe(null)).isInstanceOf(NullPointerException.class);
        assertThat(problem()).hasMessageContaining("subscription of the publisher is null");
    }

    @Test
    void aSecondSubscriptionIsCancelled() throws Exception {
        subscribe();
        Subscription second = new Subscription();
        subscriber.onSubscribe(second);
        assertThat(second.cancels).isOne();
        assertThat(second.requests).isEmpty();
        subscriber.onNext("a");
        subscriber.onComplete();
        assertThat(problem()).isNull();
        assertThat(taken).containsExactly("a");
        assertThat(subscription.cancels).isZero();
    }

    @Test
    void whenNoMoreIsWantedItIsTold() throws Exception {
        subscribe();
        window.close();
        assertThat(problem()).isNull();
        assertThat(subscription.cancels).isOne();
        subscriber.onNext("a");
        subscriber.onError(new IllegalStateException("too late"));
        assertThat(taken).isEmpty();
    }

    @Test
    void whoIsRefusedAJobCancels() throws Exception {
        offer = job -> false;
        subscribe();
        subscriber.onNext("a");
        assertThat(problem()).isNull();
        assertThat(subscription.cancels).isOne();
    }

    @Test
    void whatTheKeyFunctionThrowsIsNotThePublishersProblem() throws Exception {
        offer = job -> {
            throw new IllegalStateException("no key");
        };
        subscribe();
        subscriber.onNext("a");
        assertThat(problem()).hasMessage("no key");
        assertThat(subscription.cancels).isOne();
    }

    @Test
    void aSubscriptionThatComesWhenNoMoreIsWantedIsCancelled() throws Exception {
        pull();
        window.close();
        assertThat(problem()).isNull();
        subscriber.onSubscribe(subscription);
        assertThat(subscription.cancels).isOne();
        assertThat(subscription.requests).isEmpty();
    }

    @Test
    void whatSubscribingThrowsEndsTheInput() throws Exception {
        pull(it -> {
            it.onSubscribe(subscription);
            throw new IllegalStateException("not today");
        });
        assertThat(problem()).hasMessage("not today");
        assertThat(subscription.cancels).isOne();
    }

    @Test
    void whatARequestThrowsEndsTheInput() throws Exception {
        subscription.onRequest = () -> {
            throw new CompletionException("not today", null);
        };
        pull(it -> it.onSubscribe(subscription));
        assertThat(problem()).hasMessage("not today");
        assertThat(subscription.cancels).isOne();
    }
}
