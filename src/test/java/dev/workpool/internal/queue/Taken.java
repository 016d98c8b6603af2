package dev.workpool.internal.queue;

/** What a queue in a test has handed out: neighbouring numbers of a source. */
record Taken(String source, int first, int count) {}
