/**
 * Pools as stages of Akka Streams; {@link dev.workpool.stream.PoolFlow} is the entry type. Needs {@code akka-stream} on
 * the class path, in the version of the actors, which the library does not depend on. It uses the engine, since a flow
 * is another way into a pool, with its own window.
 */
package dev.workpool.stream;
