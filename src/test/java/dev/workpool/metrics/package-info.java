/** Pools as Micrometer shows them. */
package dev.workpool.metrics;
