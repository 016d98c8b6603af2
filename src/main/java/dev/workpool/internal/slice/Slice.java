package dev.workpool.internal.slice;

import akka.actor.typed.ActorRef;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.gauge.PoolGauges;

/**
 * A run of neighbouring jobs of one batch on its way through the router. Immutable; cutting one makes two views of the
 * same array.
 *
 * @param batch whose jobs they are
 * @param base index in the batch of {@code jobs[0]}
 * @param jobs only the range is meant
 * @param from first job
 * @param to one past the last job
 * @param attempt which attempt at them is made: 1 for the first
 * @param queuedNs since when the first of them has been queued, on the pool's clock; {@link PoolGauges#NOTHING} if
 *     nobody wants to know
 */
public record Slice<R>(BatchRef<R> batch, long base, Object[] jobs, int from, int to, int attempt, long queuedNs) {

    /** Jobs of which nobody wants to know how long they have been queued. */
    public Slice(BatchRef<R> batch, long base, Object[] jobs, int from, int to, int attempt) {
        this(batch, base, jobs, from, to, attempt, PoolGauges.NOTHING);
    }

    /**
     * Who asked for the jobs, as far as the router needs to know.
     *
     * @param id unique in the pool
     * @param collector gets the outcomes
     * @param policy how the jobs are run
     * @param label names it in logs; null for jobs that were submitted by themselves
     */
    public record BatchRef<R>(long id, ActorRef<Collector.Command<R>> collector, JobPolicy policy, Label label) {
        public BatchRef(long id, ActorRef<Collector.Command<R>> collector, JobPolicy policy) {
            this(id, collector, policy, null);
        }

        public BatchRef<R> labelled(Label label) {
            return new BatchRef<>(id, collector, policy, label);
        }

        /** Whether its jobs have come together, and not one after another. */
        public boolean hasComeWhole() {
            return label != null && !label.isOfStream();
        }
    }

    public int size() {
        return to - from;
    }

    /** Index in the batch of the first job. */
    public long first() {
        return base + from;
    }

    public boolean contains(long batchId, long index) {
        return batch.id() == batchId && index >= first() && index < first() + size();
    }

    /** The part from one offset of this slice to another. */
    public Slice<R> part(int begin, int end) {
        return new Slice<>(batch, base, jobs, from + begin, from + end, attempt, queuedNs);
    }
}
