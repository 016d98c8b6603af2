/** Benchmarks of pools beside what else there is: {@link dev.workpool.bench.Field} runs them all. */
package dev.workpool.bench;
