package dev.workpool.actor;

import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * Takes jobs from a publisher, by asking for as many as there is room for.
 *
 * <p>It is asked, and told to stop, by the thread that takes jobs alone, as the rules of Reactive Streams want it to be. What it signals comes on
 * threads of its own.
 */
final class PublisherSource<J> implements JobSource<J>, Flow.Subscriber<J> {
    private final Flow.Publisher<? extends J> publisher;

    /** Set before the publisher knows of this. */
    private Sink<J> sink;

    private volatile Flow.Subscription subscription;
    private volatile boolean ended;
    private volatile boolean unwanted;

    /** Written before {@link #ended} or {@link #unwanted}. */
    private Throwable problem;

    /** How many may come. Written by the taking thread before it asks for them. */
    private volatile long requested;

    /** How many have come. Of the publisher's thread, of which there is one at a time. */
    private long received;

    PublisherSource(Flow.Publisher<? extends J> publisher) {
        this.publisher = publisher;
    }

    @Override
    public void pull(Sink<J> sink) throws Throwable {
        this.sink = sink;
        if (sink.await(0) == Window.CLOSED) {
            return; // refused: the publisher does not hear of it
        }
        publisher.subscribe(this);
        while (!ended && !unwanted) {
            long limit = sink.await(subscription == null ? Long.MAX_VALUE - Integer.MAX_VALUE : requested);
            if (limit == Window.CLOSED) {
                unwanted = true;
            } else if (subscription != null && limit > requested && !ended && !unwanted) {
                long more = limit - requested;
                requested = limit;
                subscription.request(more);
            }
        }
        if (!ended && subscription != null) {
            subscription.cancel();
        }
        if (problem != null) {
            throw problem;
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (this.subscription != null) {
            subscription.cancel();
            return;
        }
        this.subscription = subscription;
        sink.poke();
    }

    @Override
    public void onNext(J job) {
        Objects.requireNonNull(job, "job");
        if (ended || unwanted) {
            return;
        }
        try {
            if (++received > requested) {
                throw new IllegalStateException("the publisher sent " + received + " jobs where " + requested
                        + " were asked for, against rule 1.1 of Reactive Streams");
            }
            if (!sink.offer(job)) {
                stop(null);
            }
        } catch (Throwable t) { // of the function for keys, too, which is none of the publisher's business
            stop(t);
        }
    }

    private void stop(Throwable why) {
        problem = why;
        unwanted = true;
        sink.poke();
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        end(error);
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(Throwable error) {
        if (!ended && !unwanted) {
            problem = error;
            ended = true;
            sink.poke();
        }
    }
}
