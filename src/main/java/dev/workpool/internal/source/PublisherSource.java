package dev.workpool.internal.source;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes jobs from a publisher, by asking for as many as there is room for.
 *
 * <p>Only the thread that takes jobs requests from it and cancels it, as the rules of Reactive Streams demand. Its
 * signals come on its own threads.
 */
final class PublisherSource<J> implements JobSource<J>, Flow.Subscriber<J> {
    private final Flow.Publisher<? extends J> publisher;

    /** Set before the publisher knows of this. */
    private Sink<J> sink;

    private volatile Flow.Subscription subscription;
    private volatile boolean ended;
    private volatile boolean unwanted;
    private final AtomicBoolean cancelled = new AtomicBoolean();

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
        try {
            publisher.subscribe(this);
            ask();
        } finally {
            unwanted = true;
            cancelUnlessEnded();
        }
        if (problem != null) {
            throw problem;
        }
    }

    private void ask() {
        while (!ended && !unwanted) {
            long limit = sink.await(subscription == null ? Long.MAX_VALUE - Integer.MAX_VALUE : requested);
            if (limit == Window.CLOSED) {
                return;
            } else if (subscription != null && limit > requested && !ended && !unwanted) {
                long more = limit - requested;
                requested = limit;
                subscription.request(more);
            }
        }
    }

    /**
     * By the taking thread after it wants no more, and by a publisher that is late after it has given its subscription:
     * one sees the other.
     */
    private void cancelUnlessEnded() {
        Flow.Subscription given = subscription;
        if (given != null && !ended && cancelled.compareAndSet(false, true)) {
            given.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        requireNonNull(subscription, "subscription");
        if (this.subscription != null) {
            subscription.cancel();
            return;
        }
        this.subscription = subscription;
        if (unwanted) {
            cancelUnlessEnded();
        }
        sink.poke();
    }

    @Override
    public void onNext(J job) {
        if (ended || unwanted) {
            Objects.requireNonNull(job, "job");
            return;
        }
        requireNonNull(job, "job at index " + received);
        try {
            if (received == requested) {
                throw new IllegalStateException("the publisher sent a job more than the " + requested
                        + " that it was asked for, against rule 1.1 of Reactive Streams");
            }
            received++;
            if (!sink.offer(job)) {
                stop(null);
            }
        } catch (Throwable t) { // of the function for keys, too, which is none of the publisher's business
            stop(t);
        }
    }

    /** The publisher has to hear of it (rule 2.13), and may not tell anybody else. */
    private void requireNonNull(Object signal, String what) {
        if (signal == null) {
            NullPointerException problem = new NullPointerException(what + " of the publisher is null");
            stop(problem);
            throw problem;
        }
    }

    private void stop(Throwable why) {
        if (!ended && !unwanted) {
            problem = why;
            unwanted = true;
            sink.poke();
        }
    }

    @Override
    public void onError(Throwable error) {
        requireNonNull(error, "error");
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
