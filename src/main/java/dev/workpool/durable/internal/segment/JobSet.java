package dev.workpool.durable.internal.segment;

import dev.workpool.codec.bytes.DamagedBlock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Some jobs of a batch, by their numbers. Never empty; immutable. The lowest number names it: the sets of a batch that
 * are stored at a time have no job in common, so that no two have the same.
 *
 * <p>Jobs are numbered as they are stored. That is the order in which they were enqueued, and the number of a job is its
 * index; but in a keyed queue those of a lane come together, and the block of jobs tells their indices.
 */
public final class JobSet {
    private final long lowest;

    /** Relative to the lowest, so the first bit is always set. */
    private final BitSet members;

    private JobSet(long lowest, BitSet members) {
        this.lowest = lowest;
        this.members = members;
    }

    /** All jobs from one index on. */
    public static JobSet range(long lowest, int jobs) {
        if (jobs < 1) {
            throw new IllegalArgumentException("jobs = " + jobs + "; allowed: 1 or more");
        }
        BitSet members = new BitSet(jobs);
        members.set(0, jobs);
        return new JobSet(lowest, members);
    }

    /** Some of the jobs from one index on: bit i is the job at that index plus i. At least one bit is set. */
    public static JobSet of(long from, BitSet members) {
        int first = members.nextSetBit(0);
        if (first < 0) {
            throw new IllegalArgumentException("a set of jobs is empty");
        }
        return new JobSet(from + first, members.get(first, members.length()));
    }

    /** Reads what {@link #span} and {@link #toBytes} have given. */
    public static JobSet read(long lowest, int span, byte[] members) {
        if (members == null) {
            return range(lowest, span);
        }
        BitSet bits = BitSet.valueOf(members);
        if (!bits.get(0) || bits.length() != span) {
            throw new DamagedBlock("a set of jobs has " + bits.length() + " places, and not " + span);
        }
        return new JobSet(lowest, bits);
    }

    /** The index of its first job. */
    public long lowest() {
        return lowest;
    }

    /** From its first job to its last, both included. */
    public int span() {
        return members.length();
    }

    /** How many there are. */
    public int size() {
        return members.cardinality();
    }

    /** A bit for each place of the span; null if all are set, as mostly. */
    public byte[] toBytes() {
        return size() == span() ? null : members.toByteArray();
    }

    public void forEach(LongConsumer action) {
        for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
            action.accept(lowest + i);
        }
    }

    /** Their indices, in order. */
    public long[] indices() {
        long[] indices = new long[size()];
        int n = 0;
        for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
            indices[n++] = lowest + i;
        }
        return indices;
    }

    public boolean contains(long index) {
        return index >= lowest && index - lowest < members.length() && members.get((int) (index - lowest));
    }

    /** Cuts it into sets of at most so many jobs, in order. */
    public List<JobSet> parts(int jobs) {
        List<JobSet> parts = new ArrayList<>();
        JobSet rest = this;
        while (rest.size() > jobs) {
            int cut = rest.placeOf(jobs);
            parts.add(new JobSet(rest.lowest, rest.members.get(0, cut)));
            rest = of(rest.lowest + cut, rest.members.get(cut, rest.members.length()));
        }
        parts.add(rest);
        return parts;
    }

    /** The first so many, of more, and the others. */
    public List<JobSet> split(int jobs) {
        int cut = placeOf(jobs);
        return List.of(of(lowest, members.get(0, cut)), of(lowest + cut, members.get(cut, members.length())));
    }

    /** Cuts it wherever a job of another set lies in between. */
    public List<JobSet> cutAt(JobSet others) {
        List<JobSet> parts = new ArrayList<>();
        BitSet part = new BitSet();
        int place = 0;
        for (long other : others.without(this).map(JobSet::indices).orElse(new long[0])) {
            for (;
                    place >= 0 && place < members.length() && lowest + place < other;
                    place = members.nextSetBit(place + 1)) {
                part.set(place);
            }
            if (!part.isEmpty()) {
                parts.add(of(lowest, part));
                part = new BitSet();
            }
        }
        if (place >= 0 && place < members.length()) {
            parts.add(of(lowest + place, members.get(place, members.length())));
        }
        return parts;
    }

    /** Those that are not in another set; empty if all are. */
    public Optional<JobSet> without(JobSet others) {
        BitSet left = (BitSet) members.clone();
        others.forEach(number -> {
            if (contains(number)) {
                left.clear((int) (number - lowest));
            }
        });
        return left.isEmpty() ? Optional.empty() : Optional.of(of(lowest, left));
    }

    private int placeOf(int nth) {
        int place = 0;
        for (int i = 0; i < nth; i++) {
            place = members.nextSetBit(place) + 1;
        }
        return members.nextSetBit(place);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JobSet that && lowest == that.lowest && members.equals(that.members);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(lowest) * 31 + members.hashCode();
    }

    @Override
    public String toString() {
        return size() + " jobs from " + lowest + " on";
    }
}
