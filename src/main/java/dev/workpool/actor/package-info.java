/**
 * Internal: the four actors and what they are made of. Not for users; anything here may change.
 *
 * <p>Read {@link dev.workpool.actor.Dispatcher} first, then {@link dev.workpool.actor.Router}, {@link
 * dev.workpool.actor.Worker} and {@link dev.workpool.actor.Collector}: each of these files names only those after it.
 */
package dev.workpool.actor;
