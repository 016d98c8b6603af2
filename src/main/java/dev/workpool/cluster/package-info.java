/**
 * The pool over many machines, on Akka Cluster: {@link dev.workpool.cluster.ClusterWorkers} on the nodes that work,
 * {@link dev.workpool.cluster.ClusterPool} on those that submit. Needs {@code com.typesafe.akka:akka-cluster-typed_2.13}
 * on the class path.
 */
package dev.workpool.cluster;
