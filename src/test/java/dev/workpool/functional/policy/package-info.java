/** Time-outs, deadlines, retries, halts, priorities and rates. */
package dev.workpool.functional.policy;
