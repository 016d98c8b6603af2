package dev.workpool.settings;

/** What becomes of a job if the node that has it is lost, or cut off. It has one outcome either way. */
public enum Delivery {
    /** It runs again on another node. So it may run twice. */
    AT_LEAST_ONCE,
    /** It fails, whether it had begun or not, as that is not known of all. */
    AT_MOST_ONCE
}
