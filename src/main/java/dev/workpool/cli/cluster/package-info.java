/**
 * How the jobs of a run get to other processes, and what they have to report back: nodes of a cluster, and bytes. Start with {@code Node}
 * and {@code SentJobs}.
 */
package dev.workpool.cli.cluster;
