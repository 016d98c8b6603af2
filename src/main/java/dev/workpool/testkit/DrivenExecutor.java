package dev.workpool.testkit;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The executor of every dispatcher of an actor system in virtual time: its tasks run on the thread that drives the
 * system. Named in the kit's configuration; Akka makes it.
 */
final class DrivenExecutor extends ExecutorServiceConfigurator {
    private final Simulator simulator;

    /**
     * For Akka.
     *
     * @param config of the dispatcher; nothing in it is of interest here
     * @param prerequisites the actor system's
     */
    DrivenExecutor(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.simulator = ((VirtualScheduler) prerequisites.scheduler()).simulator();
    }

    /**
     * What makes the executor, again each time that the dispatcher has had nothing to do for a while.
     *
     * @param id of the dispatcher
     * @param threads not used
     * @return makes executors that have no thread
     */
    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return () -> new Tasks(simulator);
    }

    /** Takes tasks also when it has been shut down, for Akka may be about to bring one. */
    private static final class Tasks extends AbstractExecutorService {
        private final Simulator simulator;
        private volatile boolean shutdown;

        Tasks(Simulator simulator) {
            this.simulator = simulator;
        }

        @Override
        public void execute(Runnable task) {
            simulator.execute(task);
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return shutdown;
        }
    }
}
