package dev.workpool.settings;

/** How often a job of a cluster may run if the node that has it is lost, or cut off. It has one outcome either way. */
public enum Delivery {
    /** It runs again on another node. So it may run twice, also at the same time. */
    AT_LEAST_ONCE,
    /** It fails. Retries of the pool, if there are some, count it as any failure. */
    AT_MOST_ONCE
}
