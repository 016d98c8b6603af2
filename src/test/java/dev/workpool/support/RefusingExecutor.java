package dev.workpool.support;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** The executor of a dispatcher that refuses all that it is given, as one does that was shut down. Named in a configuration. */
public final class RefusingExecutor extends ExecutorServiceConfigurator {
    public RefusingExecutor(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return new ExecutorServiceFactory() {
            @Override
            public ExecutorService createExecutorService() {
                ExecutorService executor = Executors.newSingleThreadExecutor(threads);
                executor.shutdown();
                return executor;
            }
        };
    }
}
