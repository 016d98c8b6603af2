package dev.workpool.tracing;

import java.util.concurrent.Callable;

/** What tracing says where there is no OpenTelemetry. */
public final class WithoutOpenTelemetry implements Callable<String> {
    @Override
    public String call() {
        try {
            return new OpenTelemetryContexts().toString();
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }
}
