package dev.workpool.internal.akka;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import akka.dispatch.MonitorableThreadFactory;
import com.typesafe.config.Config;
import dev.workpool.internal.util.SingleThreadExecutor;
import java.util.concurrent.ThreadFactory;

/**
 * The executor of {@code workpool.dispatchers.control}: one thread that runs the pools' actors, first come, first
 * served. Named in the configuration, where it can stand for {@code executor} in any Akka dispatcher; Akka makes it.
 */
public final class ControlExecutor extends ExecutorServiceConfigurator {
    /**
     * For Akka.
     *
     * @param config of the dispatcher; nothing in it is of interest here
     * @param prerequisites the actor system's
     */
    public ControlExecutor(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
    }

    /**
     * What makes the executor, again each time that the dispatcher has had nothing to do for a while.
     *
     * @param id of the dispatcher, which the thread is named after
     * @param threads the actor system's
     * @return makes executors that have a thread of their own each
     */
    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        ThreadFactory named = threads instanceof MonitorableThreadFactory factory
                ? factory.withName(factory.name() + "-" + id)
                : threads;
        return () -> new SingleThreadExecutor(named);
    }
}
