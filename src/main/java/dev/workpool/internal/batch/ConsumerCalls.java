package dev.workpool.internal.batch;

import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.SafeLog;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.ContextPropagator;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of a batch's consumer. What they throw changes nothing, and is logged once, in the end. For the callback executor, one thread at
 * a time.
 */
final class ConsumerCalls<R> {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerCalls.class);

    private final OutcomeConsumer<R> consumer;
    private final Contexts contexts;
    private final String pool;
    private final String batchId;

    private long failures;
    private Throwable firstFailure;

    ConsumerCalls(OutcomeConsumer<R> consumer, Contexts contexts, String pool, String batchId) {
        this.consumer = consumer;
        this.contexts = contexts;
        this.pool = pool;
        this.batchId = batchId;
    }

    /** Neighbouring jobs have their outcomes. */
    void accept(int begin, int end, IntFunction<Outcome<R>> outcomes) {
        boolean own = Interrupts.own();
        for (int index = begin; index < end; index++) {
            call(index, outcomes.apply(index));
            Interrupts.clearUnless(own);
        }
    }

    /** A consumer that is promised a call for each job has it without contexts, too, if these cannot be put in place. */
    private void call(int index, Outcome<R> outcome) {
        Throwable problem = null;
        ContextPropagator.Scope scope = Contexts.NOTHING;
        try {
            scope = contexts.attach();
        } catch (Throwable t) {
            problem = t;
        }
        try {
            consumer.accept(index, outcome);
        } catch (Throwable t) {
            problem = problem == null ? t : problem;
        } finally {
            scope.close();
        }
        if (problem != null) {
            failed(problem);
        }
    }

    private void failed(Throwable thrown) {
        if (failures++ == 0) {
            firstFailure = thrown;
        }
    }

    /** There are no more calls: a batch of a million jobs is one line in the log, too. */
    void end() {
        if (failures > 0) {
            boolean own = Interrupts.own();
            SafeLog.error(
                    LOG,
                    "Pool '" + pool + "': the consumer of outcomes of batch '" + batchId + "' has thrown " + failures
                            + " times; this is the first",
                    firstFailure);
            Interrupts.clearUnless(own); // to be read for the log is users' code, too
            firstFailure = null;
        }
    }
}
