package dev.workpool.tracing;

import com.typesafe.config.ConfigFactory;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.Callable;

/** What is said where a propagator is named whose library is not there. */
public final class WithoutContextPropagation implements Callable<String> {
    @Override
    public String call() {
        try {
            return WorkerPoolSettings.create(
                            ConfigFactory.parseString("workpool.context-propagators = [\""
                                            + "dev.workpool.tracing.RegisteredContexts\"]")
                                    .withFallback(ConfigFactory.defaultReference()),
                            "poor")
                    .toString();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
