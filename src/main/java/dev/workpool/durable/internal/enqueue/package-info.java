/**
 * The way of jobs into a durable queue: encoded, packed into segments, and written in one transaction. Uses {@code
 * store} and {@code segment}. Read {@code Packer} first, then {@code Coalescer}.
 */
@InternalApi
package dev.workpool.durable.internal.enqueue;

import akka.annotation.InternalApi;
