/** Pools over a cluster beside pools in one process, with real JVMs on this machine. */
package dev.workpool.bench.cluster;
