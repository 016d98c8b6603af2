package dev.workpool.fuzz;

import dev.workpool.Processing;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterators;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.StreamSupport;

/** A stream of jobs with its source, its observer and its consumer. */
final class SubmittedStream extends Submitted {
    private enum Order {
        ORDERED,
        AS_COMPLETED,
        KEYED,
        KEYED_STOPPING
    }

    private enum Form {
        ITERATOR,
        STREAM,
        PUBLISHER
    }

    private record Delivery(Job job, Outcome<Job.Result> outcome) {}

    private static final int KEYS = 5;

    final BatchPlan plan;
    private final Order order;
    private final Form form;
    private final int window;
    private final Source source;
    private final boolean isObserved;
    private final long seed;
    private final CompletableFuture<Object> end = new CompletableFuture<>();
    private volatile Processing processing;

    /** What the consumer has had; by one thread after another. */
    private final List<Delivery> deliveries = new ArrayList<>();

    private final AtomicInteger delivered = new AtomicInteger();
    private final AtomicInteger observed = new AtomicInteger();
    private final AtomicBoolean inside = new AtomicBoolean();
    private final AtomicIntegerArray runningOfKey = new AtomicIntegerArray(KEYS);
    private final AtomicIntegerArray begunOfKey = new AtomicIntegerArray(KEYS);
    private volatile Throwable consumerThrew;

    SubmittedStream(Model model, int size, SplittableRandom random) {
        super(model);
        this.plan = new BatchPlan(model.scenario, random, false);
        this.order = Order.values()[random.nextInt(Order.values().length)];
        this.form = random.nextBoolean() ? Form.ITERATOR : Form.values()[random.nextInt(Form.values().length)];
        this.window = 1 + random.nextInt(random.nextBoolean() ? 8 : 300);
        this.isObserved = random.nextInt(3) == 0;
        this.seed = random.nextLong();
        this.source = new Source(this, size, random.split());
    }

    void submit() {
        model.add(this);
        processing = Submitting.with(this, this::process);
        returned();
        Thread self = Thread.currentThread();
        processing.result().handle((counts, error) -> {
            model.onDependent(self, "dependent of a stream");
            return end.complete(error == null ? counts : error);
        });
    }

    private Processing process() {
        return switch (form) {
            case ITERATOR -> model.target.pool().process(source, options(), this::consume);
            case STREAM ->
                model.target
                        .pool()
                        .process(
                                StreamSupport.stream(Spliterators.spliteratorUnknownSize(source, 0), false)
                                        .onClose(source::close),
                                options(),
                                this::consume);
            case PUBLISHER -> {
                source.isBehindPublisher = true;
                SourcePublisher publisher =
                        new SourcePublisher(source, model.target.world().elsewhere());
                yield model.target.pool().process(publisher, options(), this::consume);
            }
        };
    }

    private StreamOptions<Job> options() {
        StreamOptions<Job> options = switch (order) {
            case ORDERED -> StreamOptions.ordered();
            case AS_COMPLETED -> StreamOptions.asCompleted();
            case KEYED -> StreamOptions.keyed((Job job) -> job.key);
            case KEYED_STOPPING -> StreamOptions.keyed((Job job) -> job.key).withStopKeyOnFailure(true);
        };
        options = options.withWindow(window).withBatch(plan.options());
        return isObserved
                ? options.withObserver((job, outcome) -> {
                    model.onCallback("observer of a stream");
                    checkContext("observer");
                    observed.incrementAndGet();
                })
                : options;
    }

    private boolean isKeyed() {
        return order == Order.KEYED || order == Order.KEYED_STOPPING;
    }

    private void consume(Job job, Outcome<Job.Result> outcome) {
        model.onCallback("consumer of a stream");
        checkContext("consumer");
        if (!inside.compareAndSet(false, true)) {
            find("a consumer is called by two threads at a time", text());
        }
        if (end.isDone()) {
            find("a consumer is called after the result", text());
        }
        if (consumerThrew != null) {
            find("a consumer of a stream is called after it has thrown", text());
        }
        deliveries.add(new Delivery(job, outcome));
        delivered.incrementAndGet();
        if (isObserved && observed.get() < delivered.get() && !model.contexts.haveFailed()) {
            find("an outcome is delivered before the observer has had it", text());
        }
        try {
            new BadCallback(model, seed + delivered.get()).run(this);
        } catch (Throwable t) {
            consumerThrew = t;
            cancelled = true;
            throw t;
        } finally {
            inside.set(false);
        }
    }

    void checkWindow(int taken) {
        int held = taken - delivered.get();
        int ahead = form == Form.STREAM ? 1 : 0; // of the stream's own iterator
        if (held > window + ahead && consumerThrew == null && !model.contexts.haveFailed()) {
            find("a stream holds more than its window", held + " of " + window + ": " + text());
        }
    }

    @Override
    void onBegin(Call call) {
        if (!isKeyed()) {
            return;
        }
        int key = call.job.key.value;
        if (runningOfKey.incrementAndGet(key) > 1 && !model.scenario.has(Trait.STUBBORN)) {
            find("two jobs of a key run at a time", call.job.text());
        }
        int before = begunOfKey.getAndAccumulate(key, call.job.index, Math::max);
        if (before > call.job.index && !model.scenario.has(Trait.STUBBORN)) {
            find("a job of a key begins after a later one", call.job.text());
        }
    }

    @Override
    void onEnd(Call call) {
        if (isKeyed()) {
            runningOfKey.decrementAndGet(call.job.key.value);
        }
    }

    @Override
    CompletableFuture<Object> completion() {
        return end;
    }

    /** When the result is there the source may still be on its way out. */
    boolean isSourceClosed() {
        return source.isClosed();
    }

    @Override
    void cancel(SplittableRandom random) {
        cancelled = true;
        Processing now = processing;
        if (now != null) {
            switch (random.nextInt(3)) {
                case 0 -> now.cancel();
                case 1 -> now.cancelUnstarted();
                default -> now.cancel(random.nextInt(100));
            }
        }
    }

    @Override
    int permits() {
        return plan.permits;
    }

    @Override
    boolean isTimed() {
        return plan.isTimed();
    }

    @Override
    boolean mayHalt() {
        return plan.mayHalt() || order == Order.KEYED_STOPPING || model.contexts.haveFailed();
    }

    /** Also at the end of its time, with what its last attempt came to. */
    @Override
    boolean mayGiveUp() {
        return super.mayGiveUp() || plan.timeout.isPresent();
    }

    @Override
    RetryPolicy retry() {
        return plan.retry();
    }

    @Override
    void check() {
        cancelled |= model.batchIdsCancelled.contains(plan.id);
        Object ended = end.getNow(null);
        if (ended == null) {
            return;
        }
        checkEnd(ended);
        boolean isUnattached = ended instanceof Contexts.NotAttached; // as if the consumer had thrown it
        BatchProgress counts = processing.progress();
        if (counts.pending() != 0) {
            find("a stream ends with jobs that have no outcome", counts + ": " + text());
        }
        if (consumerThrew == null && !isUnattached) {
            if (counts.total() != deliveries.size()) {
                find(
                        "a stream delivers more or less than it has taken",
                        deliveries.size() + " of " + counts + ": " + text());
            }
            if (!counts().equals(counts)) {
                find("the counts of a stream are not those of its outcomes", counts + ", " + counts() + ": " + text());
            }
            boolean whole = ended instanceof BatchProgress && !cancelled && !plan.mayHalt() && plan.timeout.isEmpty();
            if (whole && counts.total() != source.size()) {
                find("a stream ends early", counts + ": " + text());
            }
        }
        deliveries.forEach(delivery -> check(delivery.job, delivery.outcome));
        checkOrder();
    }

    private void checkEnd(Object ended) {
        boolean expected = ended instanceof BatchProgress
                ? source.problem == null || cancelled || mayHalt() || model.cancelling
                : ended == source.problem
                        || ended == consumerThrew
                        || ended instanceof Contexts.NotAttached
                        || (ended instanceof NullPointerException && source.gaveNull)
                        || (ended instanceof RejectedExecutionException && model.ending)
                        || (ended instanceof TimeoutException && plan.timeout.isPresent());
        if (!expected) {
            String what = ended instanceof Throwable error ? error.getClass().getName() : ended.toString();
            find("a stream ends in a way that nobody has asked for", what + ": " + text());
        }
        if (ended instanceof RejectedExecutionException && inTime && !model.ending) {
            find("a stream is rejected by an open pool", text());
        }
    }

    private BatchProgress counts() {
        List<Outcome<Job.Result>> outcomes =
                deliveries.stream().map(Delivery::outcome).toList();
        return dev.workpool.job.BatchResult.of(outcomes).counts();
    }

    private void checkOrder() {
        Map<Integer, Integer> last = new HashMap<>();
        for (int i = 0; i < deliveries.size(); i++) {
            Job job = deliveries.get(i).job;
            if (order == Order.ORDERED && job.index != i) {
                find("outcomes of an ordered stream come out of order", job.index + " at " + i + ": " + text());
                return;
            }
            Integer before = isKeyed() ? last.put(job.key.value, job.index) : null;
            if (before != null && before > job.index) {
                find("outcomes of a key come out of order", job.index + " after " + before + ": " + text());
                return;
            }
        }
    }

    @Override
    String text() {
        return "stream (" + form + ", " + order + ", window " + window + ", " + plan + ") of " + source
                + (cancelled ? " (cancelled)" : "") + (consumerThrew == null ? "" : " (consumer threw)")
                + (inTime ? "" : " (late)");
    }
}
