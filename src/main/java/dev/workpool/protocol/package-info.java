/** The commands that actors send to a pool: {@link dev.workpool.protocol.PoolCommand}. */
package dev.workpool.protocol;
