package dev.workpool.settings;

import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says how the jobs of a stream are run, and in which order their outcomes come. Immutable; each {@code withX} returns
 * a changed copy.
 *
 * <p>Made by {@link #ordered}, {@link #asCompleted} or {@link #keyed}. Defaults: a window of 8192 jobs, no observer;
 * everything else as {@link BatchOptions#defaults}.
 *
 * @param <J> type of the jobs
 */
public final class StreamOptions<J> {
    private static final int DEFAULT_WINDOW = 8192;
    private static final int MOST_WINDOW = 1 << 20;

    private final boolean ordered;
    private final Function<? super J, ?> keyOf;
    private final boolean stopsKeyOnFailure;
    private final int window;
    private final BatchOptions batch;
    private final OutcomeConsumer<? super J, Object> observer;

    private StreamOptions(
            boolean ordered,
            Function<? super J, ?> keyOf,
            boolean stopsKeyOnFailure,
            int window,
            BatchOptions batch,
            OutcomeConsumer<? super J, Object> observer) {
        this.ordered = ordered;
        this.keyOf = keyOf;
        this.stopsKeyOnFailure = stopsKeyOnFailure;
        this.window = window;
        this.batch = batch;
        this.observer = observer;
    }

    /**
     * Delivers outcomes in the order of the jobs. Jobs run in any order. A slow job holds up the outcomes of later jobs
     * and, once the window is full of them, the jobs too.
     *
     * @param <J> type of the jobs
     * @return options with defaults otherwise
     */
    public static <J> StreamOptions<J> ordered() {
        return new StreamOptions<>(true, null, false, DEFAULT_WINDOW, BatchOptions.defaults(), null);
    }

    /**
     * Delivers outcomes as jobs complete. A slow job holds up no other.
     *
     * @param <J> type of the jobs
     * @return options with defaults otherwise
     */
    public static <J> StreamOptions<J> asCompleted() {
        return new StreamOptions<>(false, null, false, DEFAULT_WINDOW, BatchOptions.defaults(), null);
    }

    /**
     * Runs jobs of the same key one after another, in the order in which they come, and delivers their outcomes in that
     * order. Jobs of different keys run in parallel, and a slow key delays only itself. A job that is tried again keeps
     * its place. A key costs memory only as long as it has jobs that are not complete.
     *
     * <p>This holds for handlers that return when they are told to stop. One that is abandoned after {@code
     * cancel-grace} may still run when the next job of its key begins.
     *
     * @param keyOf gives a job's key, which has {@code equals} and {@code hashCode} and is not null; called once for
     *     each job, on the thread that takes jobs from their source. If it throws, the input ends with that.
     * @param <J> type of the jobs
     * @return options with defaults otherwise
     */
    public static <J> StreamOptions<J> keyed(Function<? super J, ?> keyOf) {
        Objects.requireNonNull(keyOf, "keyOf");
        return new StreamOptions<>(false, keyOf, false, DEFAULT_WINDOW, BatchOptions.defaults(), null);
    }

    /**
     * Sets how many jobs may have been taken from their source while their outcomes have not been delivered: the most
     * that the stream holds in memory. With fewer than there are workers, some are idle. Jobs that take microseconds
     * need some thousands.
     *
     * @param jobs 1 to 1048576; 8192 by default
     * @return changed options
     * @throws IllegalArgumentException if the number is not in this range
     */
    public StreamOptions<J> withWindow(int jobs) {
        if (jobs < 1 || jobs > MOST_WINDOW) {
            throw new IllegalArgumentException("window of a stream = " + jobs + "; allowed: 1 to " + MOST_WINDOW);
        }
        return new StreamOptions<>(ordered, keyOf, stopsKeyOnFailure, jobs, batch, observer);
    }

    /**
     * Sets whether a job that finally fails or times out ends its key. Jobs of the key that have not begun, or are yet
     * to come, are {@link Outcome.Cancelled} then. Such keys are remembered until the stream ends.
     *
     * @param stops false by default
     * @return changed options
     * @throws IllegalStateException if there are no keys
     */
    public StreamOptions<J> withStopKeyOnFailure(boolean stops) {
        if (keyOf == null) {
            throw new IllegalStateException("only a keyed stream can stop a key; see StreamOptions.keyed");
        }
        return new StreamOptions<>(ordered, keyOf, stops, window, batch, observer);
    }

    /**
     * Sets name, priority, weight, time-outs, retries and halt policy, as for a batch. The time-out is that of the
     * whole stream.
     *
     * @param options without a halt policy that asks for a percentage, since the number of jobs is not known
     * @return changed options
     * @throws IllegalArgumentException if there is one
     */
    public StreamOptions<J> withBatch(BatchOptions options) {
        if (!options.delay().isZero() || options.hedge().isPresent()) {
            throw new IllegalArgumentException(
                    "the batch options of a stream have a delay or a hedge; allowed: neither");
        }
        if (options.halt().needsTotal()) {
            throw new IllegalArgumentException("halt policy of a stream = " + options.halt()
                    + "; allowed: conditions on numbers of jobs, since their total is not known");
        }
        return new StreamOptions<>(ordered, keyOf, stopsKeyOnFailure, window, options, observer);
    }

    /**
     * Sets an observer that is shown each outcome as soon as the job has it, before its turn. It can count what has
     * ended while a slow job holds up the outcomes of an ordered stream, or cancel the stream on a condition of its
     * own.
     *
     * @param observer called once for each job in the order in which they complete, on the pool's callback executor,
     *     one call after another, and before the stream's consumer or flow gets the outcome. Only then does a job leave
     *     the window, so that a slow one slows the stream down, as a consumer does. If it throws, it is called no more,
     *     the stream is cancelled, and its result fails with that.
     * @return changed options
     */
    public StreamOptions<J> withObserver(OutcomeConsumer<? super J, Object> observer) {
        Objects.requireNonNull(observer, "observer");
        return new StreamOptions<>(ordered, keyOf, stopsKeyOnFailure, window, batch, observer);
    }

    /** {@return whether outcomes come in the order of the jobs} */
    public boolean isOrdered() {
        return ordered;
    }

    /** {@return what gives a job's key, if the stream is keyed} */
    public Optional<Function<? super J, ?>> keyOf() {
        return Optional.ofNullable(keyOf);
    }

    /** {@return whether a failed job ends its key} */
    public boolean stopsKeyOnFailure() {
        return stopsKeyOnFailure;
    }

    /** {@return the most jobs that are taken and not delivered} */
    public int window() {
        return window;
    }

    /** {@return how the jobs are run otherwise} */
    public BatchOptions batch() {
        return batch;
    }

    /** {@return who is shown each outcome as soon as its job has it, if anybody is} */
    public Optional<OutcomeConsumer<? super J, Object>> observer() {
        return Optional.ofNullable(observer);
    }
}
