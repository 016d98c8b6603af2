/**
 * Pools as stages of Akka Streams; {@link dev.workpool.stream.PoolFlow} is the entry type. Needs {@code akka-stream} on the class path, in the
 * version of the actors, which is not brought along. It uses the engine, as a flow is one more way into a pool, with a window of its own.
 */
package dev.workpool.stream;
