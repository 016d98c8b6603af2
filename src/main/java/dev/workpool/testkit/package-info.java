/**
 * Tests code that uses pools: on the test's thread, in virtual time, in an order that is the same in each run. Start
 * with {@link dev.workpool.testkit.WorkerPoolTestKit}.
 *
 * <p>In a jar of its own, {@code workpool-…-testkit.jar}, so that nothing of it is in production. It is built on the
 * public types and on {@code TestHarness}, through which it takes the place of threads, time and chance.
 */
package dev.workpool.testkit;
