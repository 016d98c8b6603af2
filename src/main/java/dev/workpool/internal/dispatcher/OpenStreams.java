package dev.workpool.internal.dispatcher;

import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.queue.QueuedJobs;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.stream.StreamEntry;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.internal.util.TimerQueue;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** Takes in the jobs of open streams as they come. Confined to the dispatcher's thread. */
public final class OpenStreams<J, R> {
    /** How long a few jobs of a stream wait for more of them, while all workers are busy with others. */
    static final long PATIENCE_NS = 20_000_000;

    private final QueuedJobs<R> queued;
    private final Tally tally;
    private final LongSupplier clock;
    private final JobTimes times;

    /** By the id of their batch, in the order in which they came. */
    private final Map<Long, StreamEntry<J, R>> open = new LinkedHashMap<>();

    /** Streams that may have more jobs, though fewer than are worth taking. */
    private final Set<StreamEntry<J, R>> patient = new LinkedHashSet<>();

    /** When they have waited for long enough, if there are any. */
    private long patientUntilNs;

    private long worth = 1;

    /** Jobs of streams that are queued or wait for a retry. */
    private long windowed;

    OpenStreams(QueuedJobs<R> queued, Tally tally, LongSupplier clock, JobTimes times) {
        this.times = times;
        this.queued = queued;
        this.tally = tally;
        this.clock = clock;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Jobs that are queued or wait for a retry, and take no place in the queue, since their stream has its window. */
    long windowed() {
        return windowed;
    }

    /** Changes the number of queued jobs of streams, if these are a stream's. */
    void count(BatchSource<R> source, long jobs) {
        if (source.hasWindow()) {
            windowed += jobs;
        }
    }

    void accept(StreamEntry<J, R> entry) {
        open.put(entry.batch.id(), entry);
        takeIn(entry);
    }

    /**
     * Says how many jobs of a stream are worth taking in: as long as all workers are busy, few cheap ones may as well
     * wait for more, and be granted together.
     *
     * @param jobs 1 if a worker is idle
     */
    void worth(long jobs) {
        worth = jobs;
        if (jobs == 1 && !patient.isEmpty()) {
            takeInPatient();
        }
    }

    private void takeInPatient() {
        List<StreamEntry<J, R>> now = List.copyOf(patient);
        patient.clear();
        now.forEach(this::takeIn);
    }

    /** When {@link #attendToTime} has something to do; {@link TimerQueue#NEVER} if it has not. */
    long nextDueNs() {
        return patient.isEmpty() ? TimerQueue.NEVER : patientUntilNs;
    }

    /**
     * Few jobs get their turn too, though all workers are busy: more of them may come only when these have their
     * outcomes.
     */
    void attendToTime(long nowNs) {
        if (!patient.isEmpty() && patientUntilNs - nowNs <= 0) {
            takeInPatient();
        }
    }

    /** A stream may have more jobs. */
    public void arrived(StreamSubmission<J, R> submission) {
        StreamEntry<J, R> entry = open.get(submission.number());
        if (entry != null) {
            takeIn(entry);
        }
    }

    private void takeIn(StreamEntry<J, R> entry) {
        accept(entry, entry.arrived());
        awaitIfEmpty(entry);
    }

    private void accept(StreamEntry<J, R> entry, long jobs) {
        if (jobs > 0) {
            tally.accept(jobs);
            change(entry, () -> entry.accept(jobs, times.nowIfOnNs()));
        }
    }

    private void change(StreamEntry<J, R> entry, Runnable change) {
        long before = entry.queued();
        change.run();
        queued.changed(entry, before);
        windowed += entry.queued() - before;
    }

    /** Some jobs were granted, of a stream or not. */
    void granted(Slice<R> slice) {
        StreamEntry<J, R> entry = open.isEmpty() ? null : open.get(slice.batch().id());
        if (entry != null) {
            windowed -= slice.size();
            awaitIfEmpty(entry);
        }
    }

    /**
     * What comes next is not taken in at once: that would go on in small pieces for as long as jobs come as quickly as
     * they are granted.
     */
    private void awaitIfEmpty(StreamEntry<J, R> entry) {
        if (entry.queued() == 0) {
            entry.await(worth);
            if (worth > 1) {
                if (patient.isEmpty()) {
                    patientUntilNs = clock.getAsLong() + PATIENCE_NS;
                }
                patient.add(entry);
            }
        }
    }

    /** Some jobs have their outcome; if they are a stream's, others may be ready. */
    void takeInSettled(long batchId) {
        StreamEntry<J, R> entry = open.isEmpty() ? null : open.get(batchId);
        if (entry != null) {
            change(entry, entry::takeInSettled);
        }
    }

    /** There will be no more jobs of a stream. */
    public void endInput(StreamSubmission<J, R> submission, Throwable problem) {
        StreamEntry<J, R> entry = open.get(submission.number());
        if (entry != null) {
            endInput(entry, problem);
        }
    }

    private void endInput(StreamEntry<J, R> entry, Throwable problem) {
        if (!entry.hasEnded()) {
            accept(entry, entry.end(problem));
        }
    }

    /** A batch is being stopped; if it is a stream, it takes no more jobs. */
    void stop(long batchId, StopReason reason) {
        StreamEntry<J, R> entry = open.get(batchId);
        if (entry != null) {
            endInput(entry, reason.problem());
            entry.stop(reason);
        }
    }

    /** Streams take no more jobs. */
    public void endInputs(Throwable problem) {
        open.values().forEach(entry -> endInput(entry, problem));
    }

    /** A batch is complete, which may be a stream. */
    void remove(long batchId) {
        StreamEntry<J, R> entry = open.remove(batchId);
        if (entry != null) {
            patient.remove(entry);
        }
    }

    void clear() {
        open.clear();
        patient.clear();
    }
}
