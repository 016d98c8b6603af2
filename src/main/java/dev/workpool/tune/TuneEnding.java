package dev.workpool.tune;

/** The reason why measuring has ended. */
public enum TuneEnding {
    /** The intervals are tight: no more time was needed. */
    PRECISE,

    /** The time was up. */
    TIME_UP,

    /** It was cancelled. */
    CANCELLED,

    /** No job has succeeded. */
    FAILED
}
