/** Blocks of bytes: what durable queues store and clusters send is written and read with it. Pure. */
@InternalApi
package dev.workpool.codec.bytes;

import akka.annotation.InternalApi;
