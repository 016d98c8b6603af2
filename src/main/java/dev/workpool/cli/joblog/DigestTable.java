package dev.workpool.cli.joblog;

import dev.workpool.cli.input.InputDigest;

/**
 * Numbers by digests, in 20 bytes a place, of which a third to two thirds are taken: a quarter of what a {@link
 * java.util.HashMap} needs, since a run may have many millions of inputs. Not thread-safe.
 */
final class DigestTable {
    private static final int SMALLEST = 1 << 4;

    private long[] highs = new long[SMALLEST];
    private long[] lows = new long[SMALLEST];
    private int[] values = new int[SMALLEST]; // 0 where the place is free
    private int size;

    /** The number of a digest; 0 if it has none. */
    int get(InputDigest digest) {
        return values[placeOf(digest.high(), digest.low())];
    }

    /** Gives a digest a number other than 0. */
    void put(InputDigest digest, int value) {
        int place = placeOf(digest.high(), digest.low());
        if (values[place] == 0 && 3L * ++size > 2L * values.length) {
            grow();
            place = placeOf(digest.high(), digest.low());
        }
        set(place, digest.high(), digest.low(), value);
    }

    /** The place that a digest has, or would get. */
    private int placeOf(long high, long low) {
        int mask = values.length - 1;
        int place = (int) (high ^ low) & mask; // digests are random enough
        while (values[place] != 0 && (highs[place] != high || lows[place] != low)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void set(int place, long high, long low, int value) {
        highs[place] = high;
        lows[place] = low;
        values[place] = value;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldValues = values;
        int length = 2 * oldValues.length;
        highs = new long[length];
        lows = new long[length];
        values = new int[length];
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != 0) {
                set(placeOf(oldHighs[i], oldLows[i]), oldHighs[i], oldLows[i], oldValues[i]);
            }
        }
    }
}
