package dev.workpool.internal.dispatcher;

/** The place of a job that is to be cancelled. */
enum Holder {
    /** It was queued or waited for a retry, and is cancelled now. */
    QUEUE,
    /** It was granted, and has not come back; the router may have reported its outcome already. */
    ROUTER,
    /** It has its outcome. */
    NOBODY
}
