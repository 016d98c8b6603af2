package dev.workpool.internal.stream;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * A stream's jobs with keys: of each key one at a time is ready or granted, the next when that has its outcome. They
 * are numbered as they are granted.
 */
final class KeyedJobs<J, R> implements StreamJobs<R> {
    /** Jobs of different keys that are granted at a time. */
    private static final int MOST = 1024;

    private final Slice.BatchRef<R> batch;
    private final StreamLedger<J, R> ledger;
    private final KeyQueues<J> keyQueues;
    private final boolean stopsKeyOnFailure;
    private final StreamBufferReader reader;

    private final ArrayDeque<KeyQueues.Keyed> ready = new ArrayDeque<>();

    /**
     * The queues of jobs that were granted, by the index of the first job of their grant; null for those that are
     * settled.
     */
    private final TreeMap<Long, Grant> granted = new TreeMap<>();

    private long nextIndex;

    /** How many jobs have come. */
    private long accepted;

    /** The places of jobs that are to be cancelled, and were not granted when that was asked for. */
    private final Set<Long> unwanted = new HashSet<>();

    /** Is told the index of each of them as it is granted. */
    private final LongConsumer unwantedIndices;

    /** Why no job waits for its turn any more; null as long as they do. */
    private StopReason stopped;

    private static final class Grant {
        final KeyQueue[] keyQueues;

        /** How many jobs came before each. */
        final long[] places;

        int open;

        Grant(KeyQueue[] keyQueues, long[] places) {
            this.keyQueues = keyQueues;
            this.places = places;
            this.open = keyQueues.length;
        }
    }

    KeyedJobs(
            Slice.BatchRef<R> batch,
            StreamSubmission<J, R> submission,
            StreamLedger<J, R> ledger,
            LongConsumer unwantedIndices) {
        this.batch = batch;
        this.unwantedIndices = unwantedIndices;
        this.ledger = ledger;
        this.keyQueues = submission.keyQueues();
        this.stopsKeyOnFailure = submission.streamOptions().stopsKeyOnFailure();
        this.reader = new StreamBufferReader(submission.streamBuffer());
    }

    @Override
    public long ready() {
        return ready.size();
    }

    @Override
    public long taken() {
        return nextIndex;
    }

    /** When is not noted: jobs wait for others of their key. */
    @Override
    public void accept(long count, long nowNs) {
        List<Object> cancelled = new ArrayList<>(0);
        for (long i = 0; i < count; i++) {
            Segment segment = reader.segment();
            int offset = reader.offset();
            reader.advance(1);
            KeyQueues.Keyed keyed = (KeyQueues.Keyed) segment.jobs[offset];
            segment.jobs[offset] = null;
            keyed.place = accepted++;
            KeyQueue keyQueue = keyed.keyQueue;
            if (keyQueue.stopped) {
                keyQueues.settled(keyQueue);
                cancelled.add(keyed.job);
            } else if (keyQueue.busy) {
                keyQueue.waiting.addLast(keyed);
            } else {
                keyQueue.busy = true;
                ready.addLast(keyed);
            }
        }
        cancel(cancelled);
    }

    @Override
    public Slice<R> take(int max) {
        int count = Math.min(Math.min(max, MOST), ready.size());
        Object[] jobs = new Object[count];
        KeyQueue[] taken = new KeyQueue[count];
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
            KeyQueues.Keyed keyed = ready.pollFirst();
            jobs[i] = keyed.job;
            taken[i] = keyed.keyQueue;
            places[i] = keyed.place;
            if (stopped == null && !unwanted.isEmpty() && unwanted.remove(keyed.place)) {
                unwantedIndices.accept(nextIndex + i);
            }
        }
        granted.put(nextIndex, new Grant(taken, places));
        return number(jobs);
    }

    @Override
    public long indexToCancel(long place) {
        for (Map.Entry<Long, Grant> entry : granted.entrySet()) {
            Grant grant = entry.getValue();
            for (int i = 0; i < grant.places.length; i++) {
                if (grant.places[i] == place && grant.keyQueues[i] != null) {
                    return entry.getKey() + i;
                }
            }
        }
        if (place >= accepted || isWaiting(place)) { // else it has its outcome
            unwanted.add(place);
        }
        return -1;
    }

    /** There are no more than the window has, and this is asked only of a job that is to be cancelled. */
    private boolean isWaiting(long place) {
        Stream<KeyQueue> busy = Stream.concat(
                ready.stream().map(keyed -> keyed.keyQueue),
                granted.values().stream()
                        .flatMap(grant -> Arrays.stream(grant.keyQueues))
                        .filter(Objects::nonNull));
        return Stream.concat(ready.stream(), busy.flatMap(keyQueue -> keyQueue.waiting.stream()))
                .anyMatch(keyed -> keyed.place == place);
    }

    private Slice<R> number(Object[] jobs) {
        Slice<R> slice = new Slice<>(batch, nextIndex, jobs, 0, jobs.length, 1);
        ledger.open(new Segment(nextIndex, jobs));
        nextIndex += jobs.length;
        return slice;
    }

    @Override
    public void takeInSettled() {
        List<Object> cancelled = new ArrayList<>(0);
        StreamLedger.Settled settled;
        while ((settled = ledger.pollSettled()) != null) {
            for (int i = 0; i < settled.count(); i++) {
                KeyQueue keyQueue = takeQueue(settled.first() + i);
                if (keyQueue != null) {
                    keyQueue.stopped |= stopsKeyOnFailure && settled.failed().get(i);
                    next(keyQueue, cancelled);
                }
            }
        }
        cancel(cancelled);
    }

    @Override
    public void stop(StopReason reason) {
        stopped = stopped == null ? reason : stopped;
    }

    @Override
    public void release() {
        for (Grant grant : granted.values()) {
            for (KeyQueue keyQueue : grant.keyQueues) {
                while (keyQueue != null && !keyQueue.waiting.isEmpty()) {
                    ready.addLast(keyQueue.waiting.pollFirst());
                }
            }
        }
    }

    private KeyQueue takeQueue(long index) {
        Map.Entry<Long, Grant> entry = granted.floorEntry(index);
        long offset = entry == null ? 0 : index - entry.getKey();
        if (entry == null || offset >= entry.getValue().keyQueues.length) {
            return null; // of a key that was stopped before it could be granted
        }
        Grant grant = entry.getValue();
        KeyQueue keyQueue = grant.keyQueues[(int) offset];
        grant.keyQueues[(int) offset] = null;
        if (--grant.open == 0) {
            granted.remove(entry.getKey());
        }
        return keyQueue;
    }

    private void next(KeyQueue keyQueue, List<Object> cancelled) {
        while ((keyQueue.stopped || stopped != null) && !keyQueue.waiting.isEmpty()) {
            cancelled.add(keyQueue.waiting.pollFirst().job);
            keyQueues.settled(keyQueue);
        }
        if (keyQueue.waiting.isEmpty()) {
            keyQueue.busy = false;
        } else {
            ready.addLast(keyQueue.waiting.pollFirst());
        }
        keyQueues.settled(keyQueue);
    }

    /** Jobs that do not run end here. */
    private void cancel(List<Object> jobs) {
        if (!jobs.isEmpty()) {
            (stopped == null ? StopReason.CANCELLED : stopped).settle(number(jobs.toArray()));
        }
    }
}
