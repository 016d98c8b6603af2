/** Streams: where jobs come from, the window, the order of outcomes, and the ways to end. */
package dev.workpool.functional.stream;
