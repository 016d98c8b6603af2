package dev.workpool.internal.queue;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.Steps;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Jobs that wait, some of which have been handed out before: at a router for room, at the dispatcher for demand. Used
 * by one thread.
 */
public final class Pending<R> {
    /** To take a slice out, and to settle it. */
    private static final int STEPS = 8;

    private final ArrayDeque<Slice<R>> slices = new ArrayDeque<>();
    private long jobs;

    public long jobs() {
        return jobs;
    }

    public boolean isEmpty() {
        return jobs == 0;
    }

    public void add(Slice<R> granted) {
        slices.addLast(granted);
        jobs += granted.size();
    }

    /** What was handed out once already goes first. */
    public void giveBack(Slice<R> recalled) {
        if (recalled.size() > 0) {
            slices.addFirst(recalled);
            jobs += recalled.size();
        }
    }

    /** How many permits each of the next jobs takes. Only called while there are some. */
    public int permits() {
        return slices.peekFirst().batch().policy().permits();
    }

    /** The next jobs of one batch: 1 to {@code most} of them. Only called while there are some. */
    public Slice<R> take(int most) {
        Slice<R> slice = slices.removeFirst();
        if (slice.size() > most) {
            slices.addFirst(slice.part(most, slice.size()));
            slice = slice.part(0, most);
        }
        jobs -= slice.size();
        return slice;
    }

    /** The last jobs: 1 to {@code most} of them, of one batch. Only called while there are some. */
    public Slice<R> takeLast(long most) {
        Slice<R> slice = slices.removeLast();
        if (slice.size() > most) {
            int rest = (int) (slice.size() - most);
            slices.addLast(slice.part(0, rest));
            slice = slice.part(rest, slice.size());
        }
        jobs -= slice.size();
        return slice;
    }

    /**
     * Takes jobs of a batch out. To look for them takes little, even among ten thousands.
     *
     * @param batchId the batch
     * @param steps how much may be done
     * @param removed gets them
     * @return whether nothing of the batch is left
     */
    public boolean removeBatch(long batchId, Steps steps, Consumer<Slice<R>> removed) {
        boolean isDone = true;
        for (int i = slices.size(); i > 0; i--) { // each goes from the front to the back, which moves no others
            Slice<R> slice = slices.removeFirst();
            if (slice.batch().id() != batchId) {
                slices.addLast(slice);
            } else if (!steps.take(STEPS)) {
                slices.addLast(slice);
                isDone = false;
            } else {
                jobs -= slice.size();
                removed.accept(slice);
            }
        }
        return isDone;
    }

    /** Takes one job out; null if it is not here. */
    public Slice<R> removeJob(long batchId, long index) {
        for (Iterator<Slice<R>> each = slices.iterator(); each.hasNext(); ) {
            Slice<R> slice = each.next();
            if (slice.contains(batchId, index)) {
                each.remove();
                jobs -= slice.size();
                int position = (int) (index - slice.first());
                giveBack(slice.part(position + 1, slice.size()));
                giveBack(slice.part(0, position));
                return slice.part(position, position + 1);
            }
        }
        return null;
    }
}
