package dev.workpool.fuzz;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes what a source gives, to one subscriber, on threads that have nothing to do with the pool. */
final class SourcePublisher implements Flow.Publisher<Job>, Flow.Subscription {
    private final Source source;
    private final Executor executor;
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private Flow.Subscriber<? super Job> subscriber;

    SourcePublisher(Source source, Executor executor) {
        this.source = source;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Job> one) {
        source.isSubscribed = true;
        subscriber = one;
        one.onSubscribe(this);
    }

    @Override
    public void request(long jobs) {
        if (demand.getAndAdd(jobs) == 0) {
            try {
                executor.execute(this::emit);
            } catch (RejectedExecutionException e) { // the round is long over
                cancel();
            }
        }
    }

    @Override
    public void cancel() {
        if (over.compareAndSet(false, true)) {
            source.close();
        }
    }

    private void emit() {
        try {
            do {
                if (over.get()) {
                    return;
                }
                if (!source.hasNext()) {
                    if (over.compareAndSet(false, true)) {
                        source.close();
                        subscriber.onComplete();
                    }
                    return;
                }
                subscriber.onNext(source.next());
            } while (demand.decrementAndGet() > 0);
        } catch (Throwable t) {
            if (over.compareAndSet(false, true)) {
                source.close();
                subscriber.onError(t);
            }
        } finally {
            Thread.interrupted(); // of the source's own
        }
    }
}
