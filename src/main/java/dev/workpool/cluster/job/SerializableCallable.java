package dev.workpool.cluster.job;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A task with a result that can travel to another node. A lambda that is passed where one of these is asked for is
 * serializable; what it captures has to be, too.
 *
 * @param <T> type of the result, which travels back
 */
@FunctionalInterface
public interface SerializableCallable<T> extends Callable<T>, Serializable {}
