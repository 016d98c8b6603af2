package dev.workpool.settings;

/**
 * What becomes of the runs of a recurring job that no process was there to enqueue. A run is missed if a later one is due
 * already, or if it has been due for more than a minute.
 */
public enum MissedRuns {
    /** None of them is made up for. */
    SKIP,

    /** One run makes up for all of them: that of the last. */
    ONE,

    /** Each of them is made up for. */
    ALL
}
