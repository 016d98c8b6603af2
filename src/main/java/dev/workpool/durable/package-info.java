/**
 * Durable queues: jobs that survive the process, worked on by any number of processes. {@link
 * dev.workpool.durable.DurableQueue} is the entry type. Built on the face of pools. Needs {@code org.xerial:sqlite-jdbc},
 * or {@code org.postgresql:postgresql} and perhaps {@code com.zaxxer:HikariCP}, on the class path, which the library
 * does not depend on.
 */
package dev.workpool.durable;
