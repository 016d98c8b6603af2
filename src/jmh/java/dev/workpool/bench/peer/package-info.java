/** Ways to run a list of jobs with N workers: the pool, and those of the JDK, of Akka and of two libraries. */
package dev.workpool.bench.peer;
