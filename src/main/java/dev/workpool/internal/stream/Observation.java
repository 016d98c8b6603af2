package dev.workpool.internal.stream;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.ContextPropagator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Shows outcomes to an observer before it hands them on. The observer may be slow, so both happen on the callback
 * executor, one call after another. Each call sees the earlier ones, and none holds up the ledger.
 */
final class Observation<J, R> implements OutcomeSink<R> {
    private final OutcomeConsumer<? super J, Object> observer;
    private final Contexts contexts;
    private final OutcomeSink<R> outcomeSink;
    private final Executor calls;
    private final Consumer<Throwable> onProblem;

    /** Of whoever runs the calls. */
    private boolean failed;

    /**
     * An observation.
     *
     * @param observer who is shown the outcomes
     * @param contexts put in place for each call
     * @param outcomeSink who gets them afterwards
     * @param callbacks the callback executor
     * @param onProblem told, once, what the observer throws
     */
    Observation(
            OutcomeConsumer<? super J, Object> observer,
            Contexts contexts,
            OutcomeSink<R> outcomeSink,
            Executor callbacks,
            Consumer<Throwable> onProblem) {
        this.observer = observer;
        this.contexts = contexts;
        this.outcomeSink = outcomeSink;
        this.calls = new SerialExecutor(callbacks);
        this.onProblem = onProblem;
    }

    @Override
    public void put(long first, Object[] jobs, Outcomes<R> outcomes) {
        calls.execute(() -> {
            show(JobCarrier.unpacking(jobs), outcomes);
            outcomeSink.put(first, jobs, outcomes);
        });
    }

    @SuppressWarnings("unchecked") // an outcome only ever gives its value away
    private void show(List<J> jobs, Outcomes<R> outcomes) {
        boolean own = Interrupts.own();
        for (int i = 0; i < outcomes.size() && !failed; i++) {
            try {
                ContextPropagator.Scope scope = contexts.attach();
                try {
                    observer.accept(jobs.get(i), ((Outcomes<Object>) outcomes).get(i));
                } finally {
                    scope.close();
                }
            } catch (Throwable t) {
                failed = true;
                onProblem.accept(t);
            }
            Interrupts.clearUnless(own);
        }
    }

    @Override
    public void afterAll(Runnable action) {
        calls.execute(() -> outcomeSink.afterAll(action));
    }
}
