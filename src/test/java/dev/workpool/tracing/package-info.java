/** Traces and contexts of jobs, as others see them. */
package dev.workpool.tracing;
