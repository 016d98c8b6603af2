package dev.workpool.tune;

/**
 * Measurements of a short time in which jobs ran on a number of workers. Immutable.
 *
 * @param workers how many
 * @param throughput jobs that succeeded, per second; a job counts by the part of its run that lies within the round
 * @param p10 the 10th percentile of the times that jobs took which began within it, in seconds; NaN if none did
 * @param p50 their median
 * @param p99 their 99th percentile
 * @param mean the mean time of jobs in seconds, by Little's law: busy workers by throughput, failures included; NaN if
 *     there was no job
 * @param busy how many workers were in the handler, on average
 * @param processors how many processors this process and its children used; NaN if the machine does not tell
 * @param others how many all other processes used; NaN if the machine does not tell
 * @param jobs how many jobs began within it
 * @param failed how many of them failed
 */
record Round(
        int workers,
        double throughput,
        double p10,
        double p50,
        double p99,
        double mean,
        double busy,
        double processors,
        double others,
        long jobs,
        long failed) {}
