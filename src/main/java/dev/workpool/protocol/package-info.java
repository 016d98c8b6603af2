/**
 * What actors tell a pool: {@link dev.workpool.protocol.PoolCommand}.
 */
package dev.workpool.protocol;
