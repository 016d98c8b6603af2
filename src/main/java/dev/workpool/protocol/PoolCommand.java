package dev.workpool.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A command that an actor sends to a pool: the protocol of {@link dev.workpool.WorkerPool#behavior} and of {@link dev.workpool.WorkerPool#ref}.
 *
 * <p>A command with a {@code replyTo} is answered exactly once if it was told before the pool's end was: before the
 * answer to {@link Drain} or {@link Abort} was sent or, for a started pool, before the stage of {@link
 * dev.workpool.WorkerPool#drain} was complete. The answer may be a rejection. Later commands are dead letters, as with any actor
 * that has stopped; so are those that come once the actor was stopped from outside or has failed. Ask with a time-out.
 * Commands are immutable and validate themselves when they are made, on the sender's thread.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
public sealed interface PoolCommand<J, R> {

    /**
     * Runs one job.
     *
     * @param job the job, not null
     * @param replyTo gets its outcome
     * @param owner when this actor terminates, before or after, the job is cancelled; empty for nobody
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record Submit<J, R>(J job, ActorRef<Outcome<R>> replyTo, Optional<ActorRef<?>> owner) implements PoolCommand<J, R> {
        /**
         * Checks that nothing is null.
         *
         * @param job the job, not null
         * @param replyTo gets its outcome
         * @param owner when this actor terminates, the job is cancelled; empty for nobody
         */
        public Submit {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(replyTo, "replyTo");
            Objects.requireNonNull(owner, "owner");
        }

        /**
         * Runs one job that nobody owns.
         *
         * @param job the job, not null
         * @param replyTo gets its outcome
         */
        public Submit(J job, ActorRef<Outcome<R>> replyTo) {
            this(job, replyTo, Optional.empty());
        }

        /**
         * Ties the job to the life of an actor, such as the one that submits it.
         *
         * @param owner when it terminates the job is cancelled
         * @return a changed command
         */
        public Submit<J, R> ownedBy(ActorRef<?> owner) {
            return new Submit<>(job, replyTo, Optional.of(Objects.requireNonNull(owner, "owner")));
        }
    }

    /**
     * Runs a batch of jobs.
     *
     * @param jobs the jobs, none null; the list is copied
     * @param options how to run them
     * @param replyTo gets the result once every job has its outcome
     * @param consumer gets outcomes as they complete, if there is one
     * @param owner when this actor terminates, before or after, the batch is cancelled; empty for nobody
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record SubmitAll<J, R>(
            List<J> jobs,
            BatchOptions options,
            ActorRef<BatchResult<R>> replyTo,
            Optional<OutcomeConsumer<? super J, ? super R>> consumer,
            Optional<ActorRef<?>> owner)
            implements PoolCommand<J, R> {
        /**
         * Copies the jobs and checks that nothing is null.
         *
         * @param jobs the jobs, none null
         * @param options how to run them
         * @param replyTo gets the result once every job has its outcome
         * @param consumer gets outcomes as they complete, if there is one
         * @param owner when this actor terminates, the batch is cancelled; empty for nobody
         */
        public SubmitAll {
            jobs = Collections.unmodifiableList(new ArrayList<>(jobs));
            for (int i = 0; i < jobs.size(); i++) {
                if (jobs.get(i) == null) {
                    throw new NullPointerException("job at index " + i + " of the batch is null");
                }
            }
            Objects.requireNonNull(options, "options");
            Objects.requireNonNull(replyTo, "replyTo");
            Objects.requireNonNull(consumer, "consumer");
            Objects.requireNonNull(owner, "owner");
        }

        /**
         * Runs a batch of jobs that nobody owns.
         *
         * @param jobs the jobs, none null; the list is copied
         * @param options how to run them
         * @param replyTo gets the result once every job has its outcome
         */
        public SubmitAll(List<J> jobs, BatchOptions options, ActorRef<BatchResult<R>> replyTo) {
            this(jobs, options, replyTo, Optional.empty(), Optional.empty());
        }

        /**
         * Delivers outcomes as they complete, in addition to the result.
         *
         * @param consumer see {@link OutcomeConsumer} for when and where it is called
         * @return a changed command
         */
        public SubmitAll<J, R> withConsumer(OutcomeConsumer<? super J, ? super R> consumer) {
            return new SubmitAll<>(
                    jobs, options, replyTo, Optional.of(Objects.requireNonNull(consumer, "consumer")), owner);
        }

        /**
         * Ties the batch to the life of an actor, such as the one that submits it.
         *
         * @param owner when it terminates the batch is cancelled, also if it has terminated already
         * @return a changed command
         */
        public SubmitAll<J, R> ownedBy(ActorRef<?> owner) {
            return new SubmitAll<>(
                    jobs, options, replyTo, consumer, Optional.of(Objects.requireNonNull(owner, "owner")));
        }
    }

    /**
     * Cancels the batches that were submitted under a name. Has no effect if there is none.
     *
     * @param name see {@link BatchOptions#withName}
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record CancelBatch<J, R>(String name) implements PoolCommand<J, R> {
        /**
         * Checks that the name is not empty.
         *
         * @param name see {@link BatchOptions#withName}
         */
        public CancelBatch {
            if (name == null || name.isEmpty()) {
                throw new IllegalArgumentException(
                        "name = " + name + "; allowed: a name given with BatchOptions.withName");
            }
        }
    }

    /**
     * Asks for the pool's statistics.
     *
     * @param replyTo gets a snapshot
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record GetStats<J, R>(ActorRef<PoolStats> replyTo) implements PoolCommand<J, R> {
        /**
         * Checks that there is somebody to reply to.
         *
         * @param replyTo gets a snapshot
         */
        public GetStats {
            Objects.requireNonNull(replyTo, "replyTo");
        }
    }

    /**
     * Changes the number of workers, see {@link dev.workpool.WorkerPool#resize}.
     *
     * @param workers 1 to 100000
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record Resize<J, R>(int workers) implements PoolCommand<J, R> {
        /**
         * Checks the number.
         *
         * @param workers 1 to 100000
         */
        public Resize {
            WorkerPoolSettings.checkWorkers(workers);
        }
    }

    /**
     * Changes the rate limit, see {@link dev.workpool.WorkerPool#setRateLimit}.
     *
     * @param limit the new one; empty for none
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record SetRateLimit<J, R>(Optional<RateLimit> limit) implements PoolCommand<J, R> {
        /**
         * Checks that it is not null.
         *
         * @param limit the new one; empty for none
         */
        public SetRateLimit {
            Objects.requireNonNull(limit, "limit");
        }
    }

    /**
     * Starts no more jobs, see {@link dev.workpool.WorkerPool#pause}.
     *
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record Pause<J, R>() implements PoolCommand<J, R> {}

    /**
     * Ends a pause, see {@link dev.workpool.WorkerPool#resume}.
     *
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record Resume<J, R>() implements PoolCommand<J, R> {}

    /**
     * Takes no more jobs, runs those that are accepted, then stops the pool.
     *
     * @param replyTo is told when every job has its outcome and the workers are gone
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record Drain<J, R>(ActorRef<Done> replyTo) implements PoolCommand<J, R> {
        /**
         * Checks that there is somebody to reply to.
         *
         * @param replyTo is told when every job has its outcome and the workers are gone
         */
        public Drain {
            Objects.requireNonNull(replyTo, "replyTo");
        }
    }

    /**
     * Takes no more jobs, cancels those that are accepted, then stops the pool.
     *
     * @param replyTo is told when every job has its outcome and the workers are gone
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    record Abort<J, R>(ActorRef<Done> replyTo) implements PoolCommand<J, R> {
        /**
         * Checks that there is somebody to reply to.
         *
         * @param replyTo is told when every job has its outcome and the workers are gone
         */
        public Abort {
            Objects.requireNonNull(replyTo, "replyTo");
        }
    }
}
