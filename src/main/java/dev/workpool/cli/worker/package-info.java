/** {@code workpool worker}. Start with {@code WorkerSetup}. */
package dev.workpool.cli.worker;
