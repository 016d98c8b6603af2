package dev.workpool.actor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A stream's jobs with keys: of each key one at a time is ready or granted, the next when that has its outcome. They are numbered as
 * they are granted.
 */
final class JobsByKey<J, R> implements StreamJobs<R> {
    /** Jobs of different keys that are granted at a time. */
    private static final int MOST = 1024;

    private final Slice.BatchRef<R> batch;
    private final StreamLedger<J, R> ledger;
    private final Lanes<J> lanes;
    private final boolean stopsKeyOnFailure;
    private final InletReader reader;

    private final ArrayDeque<Lanes.Keyed> ready = new ArrayDeque<>();

    /** The lanes of jobs that were granted, by the index of the first job of their grant; null for those that are settled. */
    private final TreeMap<Long, Grant> granted = new TreeMap<>();

    private long nextIndex;

    /** Why no job waits for its turn any more; null as long as they do. */
    private StopReason stopped;

    private static final class Grant {
        final Lane[] lanes;
        int open;

        Grant(Lane[] lanes) {
            this.lanes = lanes;
            this.open = lanes.length;
        }
    }

    JobsByKey(Slice.BatchRef<R> batch, StreamSubmission<J, R> submission, StreamLedger<J, R> ledger) {
        this.batch = batch;
        this.ledger = ledger;
        this.lanes = submission.lanes();
        this.stopsKeyOnFailure = submission.streamOptions().stopsKeyOnFailure();
        this.reader = new InletReader(submission.inlet());
    }

    @Override
    public long ready() {
        return ready.size();
    }

    @Override
    public void accept(long count) {
        List<Object> cancelled = new ArrayList<>(0);
        for (long i = 0; i < count; i++) {
            Segment segment = reader.segment();
            int offset = reader.offset();
            reader.advance(1);
            Lanes.Keyed keyed = (Lanes.Keyed) segment.jobs[offset];
            segment.jobs[offset] = null;
            Lane lane = keyed.lane();
            if (lane.stopped) {
                lanes.settled(lane);
                cancelled.add(keyed.job());
            } else if (lane.busy) {
                lane.waiting.addLast(keyed.job());
            } else {
                lane.busy = true;
                ready.addLast(keyed);
            }
        }
        cancel(cancelled);
    }

    @Override
    public Slice<R> take(int max) {
        int count = Math.min(Math.min(max, MOST), ready.size());
        Object[] jobs = new Object[count];
        Lane[] taken = new Lane[count];
        for (int i = 0; i < count; i++) {
            Lanes.Keyed keyed = ready.pollFirst();
            jobs[i] = keyed.job();
            taken[i] = keyed.lane();
        }
        granted.put(nextIndex, new Grant(taken));
        return number(jobs);
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
                Lane lane = takeLane(settled.first() + i);
                if (lane != null) {
                    lane.stopped |= stopsKeyOnFailure && settled.failed().get(i);
                    next(lane, cancelled);
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
            for (Lane lane : grant.lanes) {
                while (lane != null && !lane.waiting.isEmpty()) {
                    ready.addLast(new Lanes.Keyed(lane, lane.waiting.pollFirst()));
                }
            }
        }
    }

    private Lane takeLane(long index) {
        Map.Entry<Long, Grant> entry = granted.floorEntry(index);
        long offset = entry == null ? 0 : index - entry.getKey();
        if (entry == null || offset >= entry.getValue().lanes.length) {
            return null; // of a key that was stopped before it could be granted
        }
        Grant grant = entry.getValue();
        Lane lane = grant.lanes[(int) offset];
        grant.lanes[(int) offset] = null;
        if (--grant.open == 0) {
            granted.remove(entry.getKey());
        }
        return lane;
    }

    private void next(Lane lane, List<Object> cancelled) {
        while ((lane.stopped || stopped != null) && !lane.waiting.isEmpty()) {
            cancelled.add(lane.waiting.pollFirst());
            lanes.settled(lane);
        }
        if (lane.waiting.isEmpty()) {
            lane.busy = false;
        } else {
            ready.addLast(new Lanes.Keyed(lane, lane.waiting.pollFirst()));
        }
        lanes.settled(lane);
    }

    /** Jobs that do not run end here. */
    private void cancel(List<Object> jobs) {
        if (!jobs.isEmpty()) {
            (stopped == null ? StopReason.CANCELLED : stopped).settle(number(jobs.toArray()));
        }
    }
}
