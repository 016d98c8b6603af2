package dev.workpool.durable;

import dev.workpool.durable.internal.enqueue.Packer;
import dev.workpool.durable.internal.enqueue.Spool;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Takes the jobs of a publisher, and has them written as one batch once all are there. The publisher's signals come one
 * after another, as its rules say; so nothing here is guarded.
 *
 * @param <J> type of the jobs
 */
final class EnqueueingSubscriber<J> implements Flow.Subscriber<J> {
    /** How many jobs are asked for at once. */
    private static final int REQUESTED = 1_000;

    private final Spool spool = new Spool();
    private final Packer<J> packer;
    private final Function<EnqueueingSubscriber<J>, CompletableFuture<DurableBatch>> write;
    private final CompletableFuture<DurableBatch> batch = new CompletableFuture<>();
    private Flow.Subscription subscription;
    private int left;

    /**
     * A subscriber for one publisher.
     *
     * @param packer makes a packer that fills a spool
     * @param write writes what is in the spool, and closes it
     */
    EnqueueingSubscriber(
            Function<Spool, Packer<J>> packer,
            Function<EnqueueingSubscriber<J>, CompletableFuture<DurableBatch>> write) {
        this.packer = packer.apply(spool);
        this.write = write;
    }

    CompletableFuture<DurableBatch> batch() {
        return batch;
    }

    Spool spool() {
        return spool;
    }

    long jobs() {
        return packer.jobs();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given, "subscription");
        if (subscription != null) {
            given.cancel(); // it has one
            return;
        }
        subscription = given;
        ask();
    }

    private void ask() {
        left = REQUESTED;
        subscription.request(REQUESTED);
    }

    @Override
    public void onNext(J job) {
        Objects.requireNonNull(job, "job");
        if (batch.isDone()) {
            return; // one before could not be encoded
        }
        try {
            packer.add(job);
        } catch (RuntimeException | Error e) {
            subscription.cancel();
            onError(e);
            return;
        }
        if (--left == 0) {
            ask();
        }
    }

    @Override
    public void onError(Throwable failure) {
        spool.close();
        batch.completeExceptionally(Objects.requireNonNull(failure, "failure"));
    }

    @Override
    public void onComplete() {
        if (batch.isDone()) {
            return;
        }
        try {
            packer.finish();
            write.apply(this).whenComplete((written, failure) -> {
                if (failure == null) {
                    batch.complete(written);
                } else {
                    batch.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException | Error e) {
            onError(e);
        }
    }
}
