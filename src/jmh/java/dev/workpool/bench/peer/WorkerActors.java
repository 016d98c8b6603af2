package dev.workpool.bench.peer;

import akka.actor.typed.DispatcherSelector;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** The threads of workers that are actors: as many as workers, since jobs may block. All else runs on the default dispatcher. */
final class WorkerActors {
    private static final String DISPATCHER = "bench-workers";

    private WorkerActors() {}

    static Config config(int workers) {
        return ConfigFactory.parseString(DISPATCHER
                        + " { type = Dispatcher, executor = thread-pool-executor, thread-pool-executor.fixed-pool-size = "
                        + workers + " }")
                .withFallback(ConfigFactory.load());
    }

    static DispatcherSelector dispatcher() {
        return DispatcherSelector.fromConfig(DISPATCHER);
    }
}
