package dev.workpool.cluster.job;

import java.io.Serializable;

/**
 * A task without a result that can travel to another node. A lambda that is passed where one of these is asked for is
 * serializable; what it captures has to be, too.
 */
@FunctionalInterface
public interface SerializableRunnable extends Runnable, Serializable {}
