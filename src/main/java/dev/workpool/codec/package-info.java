/**
 * Turns jobs and results into bytes and back, for what stores them or sends them to another process: {@link
 * dev.workpool.codec.JobCodec} is the entry type. Uses no other package. JSON needs {@code
 * com.fasterxml.jackson.core:jackson-databind} on the class path, which the library does not depend on.
 */
package dev.workpool.codec;
