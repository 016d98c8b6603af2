package dev.workpool.tune;

/** What limits the throughput. {@link TuneReport#bottleneck} says how this is decided. */
public enum Bottleneck {
    /** Processors: all of them are busy. */
    CPU,

    /** Nothing yet but the number of workers: jobs wait for something that serves all of them at a time. */
    IO,

    /** Something that the jobs wait for, which serves only so many at a time: a server, a database, a disk, a lock. */
    DOWNSTREAM,

    /** What jobs come from, or the pool itself: workers are idle half of the time, as jobs are too short. */
    SUPPLY,

    /** It cannot be told from what was measured. */
    UNKNOWN
}
