package dev.workpool.actor;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs users' callbacks on the executor that the settings name, and never refuses: what completes a stage has to run even
 * when the actor system, and with it that executor, is already gone.
 */
public final class CallbackExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackExecutor.class);

    private final Executor executor;

    /**
     * Wraps an executor.
     *
     * @param executor of the settings
     */
    public CallbackExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        Runnable logged = () -> {
            boolean own = Interrupts.own();
            try {
                task.run();
            } catch (Throwable t) {
                SafeLog.error(LOG, "A callback failed", t);
            }
            Interrupts.clearUnless(own);
        };
        try {
            executor.execute(logged);
        } catch (RejectedExecutionException e) {
            Thread thread = new Thread(logged, "workpool-late-callback");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
