package dev.workpool.fuzz;

/**
 * What may happen in a round. Each round has some of them only: what is tried together with everything else is tried with little of each.
 */
enum Trait {
    /** Handlers hang until they are told to stop. */
    HANGS,
    /** Handlers go on after they are told to stop: for some milliseconds, or until the round is over. */
    STUBBORN,
    /** Handlers and callbacks leave their thread interrupted. */
    SELF_INTERRUPTS,
    /** Batches, streams and single jobs are cancelled, by the driver and by their own handlers and consumers. */
    CANCELS,
    /** Handlers try to close their pool, and drain or abort it. */
    ENDS_INSIDE,
    /** The pool is resized, paused, limited and slowed down, from outside and from inside. */
    TUNES,
    /** Handlers submit to their own pool. */
    NESTS,
    /** Jobs are submitted, and stages completed, near the end of a stack. */
    DEEP,
    /** Handlers wait for futures of their own pool. */
    WAITS,
    /** Callbacks throw, block for a while, cancel and submit. */
    BAD_CALLBACKS,
    /** What handlers throw is everything that can be thrown. */
    BAD_THROWABLES,
    /** Workers are stopped from outside. */
    POISON,
    /** Somebody goes on submitting while the pool ends. */
    LATE,
    /** Jobs are submitted by commands to the pool's actor, too. */
    COMMANDS,
    /** Jobs come in streams, too. */
    STREAMS,
    /** A crowd of threads submits at a time. */
    CROWD,
    /** Contexts are carried, and some cannot be attached. */
    CONTEXTS,
    /** Batches with nulls, and iterables that throw, are submitted. */
    BAD_INPUT
}
