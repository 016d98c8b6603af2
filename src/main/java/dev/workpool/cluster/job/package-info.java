/** What users of a cluster see besides pools: plain types. */
package dev.workpool.cluster.job;
