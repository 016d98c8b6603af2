package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class CallerRunsTest {
    private static final RetryPolicy.Condition CONDITION = (error, attempt) -> true;

    private static final Label BATCH = Label.ofBatch("b");

    private final List<JobPolicy> policies = new ArrayList<>();
    private final List<Integer> workers = new ArrayList<>();
    private Throwable fault;

    /** Squares a job on the calling thread. */
    private Runner<Integer, Integer> runner(int workerIndex, Runner.Reports<Integer, Integer> reports) {
        workers.add(workerIndex);
        return new Runner<>() {
            @Override
            public void runHere(Task<Integer, Integer> task) {
                policies.add(task.slice.batch().policy());
                if (fault != null) {
                    reports.broken(fault);
                    return;
                }
                int job = (Integer) task.slice.jobs()[task.slice.from()];
                assertThat(task.chunk.claim()).isZero();
                task.chunk.succeed(0, job * job);
                reports.done(task, 1);
            }

            @Override
            public void run(Task<Integer, Integer> task) {
                throw new AssertionError("for workers");
            }

            @Override
            public void shutdown() {}

            @Override
            public void tell(Notice<Integer, Integer> notice) {}

            @Override
            public boolean hasThread() {
                return false;
            }

            @Override
            public void abandon(boolean replaced) {}

            @Override
            public At<Integer, Integer> at() {
                return null;
            }

            @Override
            public String doing() {
                return "";
            }
        };
    }

    private final CallerRuns<Integer, Integer> callerRuns =
            new CallerRuns<>(this::runner, RetryPolicy.attempts(3).retryIf(CONDITION), () -> 0, TestHarness.NONE);

    @Test
    void aJobIsRunForItsSubmitterByNoWorker() {
        assertThat(callerRuns.run(7)).containsExactly(new Outcome.Succeeded<>(49, 1));
        assertThat(workers).containsExactly(-1);
    }

    /** Which asks users' code, and is to be asked by the thread that ran the job. */
    @Test
    void aConditionOfRetriesIsThatOfTheBatchOrThePools() {
        callerRuns.run(7);
        callerRuns.run(7, BatchOptions.defaults(), BATCH, 3);
        callerRuns.run(
                7, BatchOptions.defaults().withRetry(RetryPolicy.attempts(5).retryIf(CONDITION)), BATCH, 3);
        callerRuns.run(7, BatchOptions.defaults().withRetry(RetryPolicy.attempts(9)), BATCH, 3);
        assertThat(policies)
                .extracting(policy -> policy.retry().maxAttempts())
                .as("where there is none, nothing has to be known")
                .containsExactly(1, 3, 5, 1);
    }

    @Test
    void aFaultOfTheMachineryIsTheSubmitters() {
        fault = new IllegalStateException("on purpose");
        assertThatThrownBy(() -> callerRuns.run(7))
                .isInstanceOf(CompletionException.class)
                .hasCause(fault);
    }
}
