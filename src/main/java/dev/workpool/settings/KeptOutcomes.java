package dev.workpool.settings;

/** Which outcomes of a durable queue's jobs are kept after a batch has ended. The counts always are. */
public enum KeptOutcomes {
    /** None. */
    NONE,
    /** Those of jobs that did not succeed. */
    FAILURES,
    /** All, with the results of those that succeeded. */
    ALL
}
