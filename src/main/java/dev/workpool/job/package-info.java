/**
 * The types that users write and get back: handlers, the context of a job, outcomes, results, progress, statistics.
 * Uses nothing else of Workpool. Start with {@link dev.workpool.job.Outcome}.
 */
package dev.workpool.job;
