package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.slice.Slices;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An asynchronous runner whose executor is stepped by hand. */
class AsyncRunnerTest {
    private static final JobMeters METERS = new JobMeters("p", new JobTimes(System::nanoTime));
    private static final Outcome<String> STOPPED = new Outcome.Cancelled<>(1);

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<Task<Integer, String>> done = new ArrayList<>();
    private final List<Throwable> faults = new ArrayList<>();

    private final Runner.Reports<Integer, String> reports = new Runner.Reports<>() {
        @Override
        public void done(Task<Integer, String> task, long elapsedNs) {
            assertThat(elapsedNs).isNotNegative();
            done.add(task);
        }

        @Override
        public void broken(Throwable fault) {
            faults.add(fault);
        }
    };

    private Runner<Integer, String> runner(AsyncJobHandler<Integer, String> handler) {
        return runner(handler, callbacks::add, tasks::add);
    }

    private Runner<Integer, String> runner(
            AsyncJobHandler<Integer, String> handler, Executor callbacks, Executor executor) {
        CancelFailures failures = new CancelFailures("p", Runnable::run);
        return AsyncRunner.factory(
                        "pool",
                        handler,
                        METERS,
                        index -> new WorkerContext(index, callbacks, ns -> {}, failures),
                        executor)
                .create(3, reports);
    }

    private static Task<Integer, String> chunk(int jobs) {
        return new Task<>(Slices.slice(1, 0, jobs), System::nanoTime);
    }

    private static void runAll(Queue<Runnable> queue) {
        Runnable task;
        while ((task = queue.poll()) != null) {
            task.run();
        }
    }

    private Task<Integer, String> runOne(AsyncJobHandler<Integer, String> handler) {
        Task<Integer, String> task = chunk(1);
        runner(handler).run(task);
        runAll(tasks);
        assertThat(faults).isEmpty();
        return task;
    }

    private static Notice<Integer, String> notice(Task<Integer, String> task, int position) {
        return new Notice<>(task.chunk, position, () -> 0, () -> {});
    }

    private static Notice<Integer, String> stop(
            Runner<Integer, String> runner, Task<Integer, String> task, int position) {
        task.chunk.recall(0);
        assertThat(task.chunk.stop(position, STOPPED)).isTrue();
        Notice<Integer, String> notice = notice(task, position);
        runner.tell(notice);
        return notice;
    }

    private void assertDone(Task<Integer, String> task, Outcome<?>... outcomes) {
        assertThat(done).contains(task);
        assertThat(task.chunk.outcomes()).isEqualTo(List.of(outcomes));
        assertThat(faults).isEmpty();
    }

    private static Outcome<String> ok(String value) {
        return new Outcome.Succeeded<>(value, 1);
    }

    private static Throwable errorOf(Task<Integer, String> task) {
        return ((Outcome.Failed<String>) task.chunk.outcomes().get(0)).error();
    }

    @Test
    void runsOneJobAtATimeAndHoldsNoThreadMeanwhile() {
        List<CompletableFuture<String>> stages = new ArrayList<>();
        Runner<Integer, String> runner = runner((job, context) -> {
            assertThat(context.workerIndex()).isEqualTo(3);
            stages.add(new CompletableFuture<>());
            return stages.get(stages.size() - 1);
        });
        Task<Integer, String> first = chunk(2);
        Task<Integer, String> second = chunk(1);
        runner.run(first);
        runner.run(second);
        runAll(tasks);
        assertThat(stages).hasSize(1);
        stages.get(0).complete("a");
        assertThat(stages).as("not on the completing thread").hasSize(1);
        runAll(tasks);
        assertThat(stages).hasSize(2);
        stages.get(1).complete("b");
        runAll(tasks);
        assertDone(first, ok("a"), ok("b"));
        stages.get(2).complete("c");
        runAll(tasks);
        assertDone(second, ok("c"));
        assertThat(tasks).isEmpty();
    }

    @Test
    void needsNoStackForStagesThatAreCompleteAlready() {
        int jobs = 100_000;
        Task<Integer, String> task = chunk(jobs);
        runner((job, context) -> CompletableFuture.completedFuture("x")).run(task);
        runAll(tasks);
        assertThat(done).containsExactly(task);
        assertThat(task.chunk.outcomes()).hasSize(jobs).containsOnly(ok("x"));
    }

    @Test
    void needsNoStackForStagesThatCompleteOnTheExecutorOfTheCaller() {
        AtomicInteger calls = new AtomicInteger();
        Task<Integer, String> task = chunk(20_000);
        Runner<Integer, String> runner = runner((job, context) -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            calls.incrementAndGet();
            tasks.add(() -> stage.complete("x"));
            return stage;
        });
        runner.run(task);
        runAll(tasks);
        assertThat(done).containsExactly(task);
        assertThat(calls).hasValue(20_000);
    }

    @Test
    void takesWhatTheHandlerThrowsForAFailure() {
        StackOverflowError error = new StackOverflowError("on purpose");
        Task<Integer, String> task = runOne((job, context) -> {
            throw error;
        });
        assertDone(task, new Outcome.Failed<>(error, 1));
    }

    @Test
    void takesANullStageForAFailure() {
        Task<Integer, String> task = runOne((job, context) -> null);
        assertThat(errorOf(task)).isInstanceOf(NullPointerException.class).hasMessageContaining("null stage");
    }

    @Test
    void takesANullResultForAResult() {
        assertDone(runOne((job, context) -> CompletableFuture.completedFuture(null)), ok(null));
    }

    @Test
    void unwrapsTheErrorOfAStage() {
        IllegalStateException error = new IllegalStateException("on purpose");
        CompletionStage<String> failed = CompletableFuture.completedFuture("x").thenApply(x -> {
            throw error;
        });
        assertDone(runOne((job, context) -> failed), new Outcome.Failed<>(error, 1));
    }

    @Test
    void keepsACompletionExceptionThatHasNoCause() {
        CompletionException bare = new CompletionException("on purpose", null);
        assertDone(runOne((job, context) -> CompletableFuture.failedFuture(bare)), new Outcome.Failed<>(bare, 1));
    }

    /** A stage that is not the JDK's. */
    private static class OddStage extends CompletableFuture<String> {
        private final List<BiConsumer<? super String, ? super Throwable>> dependents = new ArrayList<>();

        @Override
        public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
            dependents.add(action);
            return this;
        }

        void tell(String value, Throwable error) {
            dependents.forEach(dependent -> dependent.accept(value, error));
        }
    }

    @Test
    void takesTheFirstCompletionOfAStageThatCompletesTwice() {
        OddStage odd = new OddStage();
        Task<Integer, String> task = chunk(2);
        runner((job, context) -> job == 0 ? odd : new CompletableFuture<>()).run(task);
        runAll(tasks);
        odd.tell("first", null);
        odd.tell("second", null);
        runAll(tasks);
        odd.tell(null, new IllegalStateException("third"));
        runAll(tasks);
        assertThat(task.chunk.running()).as("the second job runs still").isEqualTo(1);
        assertThat(task.chunk.harvest()).containsExactly(ok("first"));
        assertThat(faults).isEmpty();
    }

    @Test
    void takesAStageThatCannotBeListenedToForAFailure() {
        IllegalStateException error = new IllegalStateException("on purpose");
        Task<Integer, String> task = runOne((job, context) -> new OddStage() {
            @Override
            public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
                super.whenComplete(action);
                throw error;
            }
        });
        assertDone(task, new Outcome.Failed<>(error, 1));
    }

    @Test
    void noJobSeesAnInterruptThatAnotherLeftBehind() {
        List<Boolean> seen = new ArrayList<>();
        Runner<Integer, String> runner = runner((job, context) -> {
            seen.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
            if (job == 1) {
                throw new IllegalStateException("on purpose");
            }
            return job == 2 ? new CompletableFuture<>() : CompletableFuture.completedFuture("x");
        });
        runner.run(chunk(3));
        runAll(tasks);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(seen).containsExactly(false, false, false);
    }

    @Test
    void aThreadThatCameWithAnInterruptKeepsIt() {
        runner((job, context) -> CompletableFuture.completedFuture("x")).run(chunk(3));
        Thread.currentThread().interrupt();
        runAll(tasks);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void cancelsTheStageOfAJobThatIsStopped() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        List<String> told = new ArrayList<>();
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> {
            context.onCancel(() -> told.add("action"));
            return stage;
        });
        runner.run(task);
        runAll(tasks);
        stop(runner, task, 0);
        assertThat(stage.isCancelled())
                .as("users' code runs on the callback executor")
                .isFalse();
        runAll(callbacks);
        assertThat(stage.isCancelled()).isTrue();
        assertThat(told).containsExactly("action");
        runAll(tasks);
        assertDone(task, STOPPED);
    }

    @Test
    void cancelsTheStageOfAJobThatWasStoppedBeforeItsHandlerReturned() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Task<Integer, String> task = chunk(1);
        List<Runner<Integer, String>> self = new ArrayList<>();
        self.add(runner((job, context) -> {
            stop(self.get(0), task, 0);
            assertThat(context.isCancelled()).isTrue();
            return stage;
        }));
        self.get(0).run(task);
        runAll(tasks);
        runAll(callbacks);
        assertThat(stage).isCancelled();
        runAll(tasks);
        assertDone(task, STOPPED);
    }

    @Test
    void waitsForAStageThatCannotBeCancelled() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletionStage<String> minimal = source.minimalCompletionStage();
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> minimal);
        runner.run(task);
        runAll(tasks);
        stop(runner, task, 0);
        assertThatCode(() -> runAll(callbacks)).doesNotThrowAnyException();
        assertThat(done).isEmpty();
        source.complete("too late");
        runAll(tasks);
        assertDone(task, STOPPED);
    }

    @Test
    void tellsOnlyTheJobWhoseStageIsPending() {
        List<CompletableFuture<String>> stages = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        Task<Integer, String> task = chunk(2);
        Runner<Integer, String> runner = runner((job, context) -> stages.get(job));
        runner.tell(notice(task, 0));
        runner.run(task);
        runner.tell(notice(task, 0));
        runAll(tasks);
        runner.tell(notice(task, 1));
        stages.get(0).complete("a");
        runAll(tasks);
        runner.tell(notice(task, 0));
        stop(runner, task, 1);
        runAll(callbacks);
        runAll(tasks);
        assertDone(task, ok("a"), STOPPED);
        assertThat(stages.get(1)).isCancelled();
    }

    @Test
    void hasToldItsHandlerWhenTheLastActionAndTheCancellationOfTheStageHaveBegun() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Task<Integer, String> task = chunk(1);
        List<Boolean> told = new ArrayList<>();
        List<Notice<Integer, String>> notice = new ArrayList<>();
        Runner<Integer, String> runner = runner((job, context) -> {
            context.onCancel(() -> told.add(notice.get(0).isTold()));
            context.onCancel(() -> told.add(notice.get(0).isTold()));
            return stage;
        });
        runner.run(task);
        runAll(tasks);
        notice.add(stop(runner, task, 0));
        assertThat(callbacks).hasSize(2);
        callbacks.remove().run();
        assertThat(told).containsExactly(false, false);
        assertThat(notice.get(0).isTold())
                .as("the stage is still to be cancelled")
                .isFalse();
        callbacks.remove().run();
        assertThat(notice.get(0).isTold()).isTrue();
    }

    /** What is left to another thread after that is waited for as well. */
    @Test
    void hasNotToldAHandlerThatReturnsItsStageLateBeforeThatIsCancelled() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Task<Integer, String> task = chunk(1);
        List<Notice<Integer, String>> notice = new ArrayList<>();
        List<Runner<Integer, String>> self = new ArrayList<>();
        self.add(runner((job, context) -> {
            notice.add(stop(self.get(0), task, 0));
            assertThat(notice.get(0).isTold()).isTrue();
            return stage;
        }));
        self.get(0).run(task);
        runAll(tasks);
        assertThat(notice.get(0).isTold()).isFalse();
        runAll(callbacks);
        assertThat(notice.get(0).isTold()).isTrue();
        assertThat(stage).isCancelled();
    }

    /** Nobody would set what the strand waited for: whoever is to set it is below on its stack. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void mayCompleteInsideItsCancellation() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> stage, Runnable::run, Runnable::run);
        runner.run(task);
        stop(runner, task, 0);
        assertThat(stage).isCancelled();
        assertDone(task, STOPPED);
    }

    @Test
    void isToldAgain() {
        List<String> told = new ArrayList<>();
        CompletableFuture<String> stage = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                return told.add("stage");
            }
        };
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> {
            context.onCancel(() -> told.add("action"));
            return stage;
        });
        runner.run(task);
        runAll(tasks);
        stop(runner, task, 0);
        runner.tell(notice(task, 0));
        runAll(callbacks);
        assertThat(told).containsExactly("action", "stage", "stage");
    }

    @Test
    void takesACancellationByTheHandlersOwnerForAFailure() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Task<Integer, String> task = runOne((job, context) -> stage);
        stage.cancel(true);
        runAll(tasks);
        assertThat(errorOf(task)).isInstanceOf(CancellationException.class);
    }

    @Test
    void reportsAnExecutorThatIsGone() {
        Runner<Integer, String> runner =
                runner((job, context) -> CompletableFuture.completedFuture("x"), callbacks::add, task -> {
                    throw new RejectedExecutionException("on purpose");
                });
        runner.run(chunk(1));
        assertThat(faults).hasSize(1).first().isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void saysWhatItIsDoing() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Runner<Integer, String> runner = runner((job, context) -> stage);
        assertThat(runner.doing()).isEqualTo("worker 3, in the handler, which has not returned a stage");
        runner.run(chunk(1));
        runAll(tasks);
        assertThat(runner.doing()).isEqualTo("worker 3, waits for a " + CompletableFuture.class.getName());
    }

    @Test
    void saysWhereItsHandlerIsThatHasNotReturnedAStage() {
        List<String> doing = new ArrayList<>();
        List<Runner<Integer, String>> runners = new ArrayList<>();
        runners.add(runner((job, context) -> {
            doing.add(runners.get(0).doing());
            return new CompletableFuture<>();
        }));
        runners.get(0).run(chunk(1));
        runAll(tasks);
        assertThat(doing.get(0))
                .startsWith("worker 3, in the handler, which has not returned a stage: thread "
                        + Thread.currentThread().getName() + "\n\tat ")
                .contains(getClass().getSimpleName());
    }

    /** As one whose dependents were cut short by the end of a stack. */
    private static final class Forgetful extends CompletableFuture<String> {
        boolean forgets = true;

        @Override
        public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
            return forgets ? this : super.whenComplete(action);
        }
    }

    @Test
    void looksAfterAStageWhoseCompletionItHasMissed() {
        Forgetful stage = new Forgetful();
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> stage);
        runner.run(task);
        runAll(tasks);
        stage.forgets = false;
        assertThat(runner.needsLooks()).isTrue();
        runner.look();
        runAll(tasks);
        assertThat(stage.getNumberOfDependents()).isZero();
        stage.complete("x");
        assertThat(done).isEmpty();
        runner.look();
        runner.look();
        assertThat(done).as("not on the router's thread").isEmpty();
        runAll(tasks);
        assertDone(task, ok("x"));
        runner.look();
        assertThat(tasks).isEmpty();
    }

    @Test
    void looksAfterAStageThatDoesNotSayWhetherItIsComplete() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletionStage<String> stage = source.minimalCompletionStage();
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> stage);
        runner.run(task);
        runAll(tasks);
        runner.look();
        runAll(tasks);
        source.complete("x");
        runAll(tasks);
        assertDone(task, ok("x"));
    }

    /** Interrupts whoever asks it. */
    private static final class Interrupting extends CompletableFuture<String> {
        @Override
        public boolean isDone() {
            Thread.currentThread().interrupt();
            return super.isDone();
        }
    }

    @Test
    void anInterruptThatAStageLeavesBehindWhenItIsLookedAtReachesNobody() {
        Task<Integer, String> task = chunk(1);
        Runner<Integer, String> runner = runner((job, context) -> new Interrupting());
        runner.run(task);
        runAll(tasks);
        assertThat(Thread.interrupted()).isFalse();
        runner.look();
        runAll(tasks);
        assertThat(Thread.interrupted()).isFalse();
        Thread.currentThread().interrupt();
        runner.look();
        runAll(tasks);
        assertThat(Thread.interrupted()).as("its own, with which it came").isTrue();
    }

    @Test
    void goesOnWhenItsExecutorHasAThreadAgain() {
        int[] failures = {1};
        CompletableFuture<String> stage = new CompletableFuture<>();
        Runner<Integer, String> runner = runner((job, context) -> stage, callbacks::add, task -> {
            tasks.add(task);
            if (failures[0]-- > 0) {
                throw new OutOfMemoryError("unable to create native thread: by the test");
            }
        });
        Task<Integer, String> task = chunk(1);
        runner.run(task);
        assertThat(faults).isEmpty();
        runner.look();
        assertThat(tasks).as("nobody knows whether it was queued").hasSize(2);
        runAll(tasks);
        stage.complete("x");
        runAll(tasks);
        assertDone(task, ok("x"));
    }
}
