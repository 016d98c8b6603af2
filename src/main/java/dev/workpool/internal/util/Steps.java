package dev.workpool.internal.util;

/**
 * Limits how much an actor does for one message, so that the others of its thread have their turn soon. A step takes
 * about a tenth of a microsecond. Used by one thread.
 */
public final class Steps {
    /** Upon one message: about half a millisecond of work. */
    public static final int OF_A_MESSAGE = 4096;

    private final int most;
    private int left;

    /**
     * So many steps.
     *
     * @param most how many there are
     */
    public Steps(int most) {
        this.most = most;
        this.left = most;
    }

    /** As many as one message is worth. */
    public static Steps ofMessage() {
        return new Steps(OF_A_MESSAGE);
    }

    /** As many again, to be used apart. */
    public Steps again() {
        return new Steps(most);
    }

    /** There are as many again. */
    public void renew() {
        left = most;
    }

    public boolean areLeft() {
        return left > 0;
    }

    /** How many of something that takes so many steps may be begun. */
    public int enoughFor(int steps) {
        return Math.max(0, (left + steps - 1) / steps);
    }

    /** Uses some, if one was left at least; what is begun may be finished, though it takes more. */
    public boolean take(int steps) {
        boolean any = left > 0;
        left -= any ? steps : 0;
        return any;
    }
}
