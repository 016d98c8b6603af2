package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.PostStop;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private final TestInbox<Worker.Event<Integer, String>> router = TestInbox.create();
    private final TestInbox<Collector.Command<String>> collector = TestInbox.create();
    private final List<Task<Integer, String>> run = new ArrayList<>();
    private Throwable fault;
    private boolean shutDown;

    private final Runner<Integer, String> runner = new Runner<>() {
        @Override
        public void run(Task<Integer, String> task) {
            if (fault instanceof RuntimeException e) {
                throw e;
            } else if (fault instanceof Error e) {
                throw e;
            }
            run.add(task);
        }

        @Override
        public void shutdown() {
            shutDown = true;
        }

        @Override
        public void tell(Notice<Integer, String> notice) {
            throw new AssertionError("for the router");
        }

        @Override
        public void runHere(Task<Integer, String> task) {
            throw new AssertionError("for no worker");
        }

        @Override
        public boolean hasThread() {
            return false;
        }

        @Override
        public void abandon(boolean replaced) {
            throw new AssertionError("for the router");
        }

        @Override
        public At<Integer, String> at() {
            return null;
        }

        @Override
        public String doing() {
            return "nothing";
        }
    };

    private final BehaviorTestKit<Worker.Command<Integer, String>> worker =
            BehaviorTestKit.create(Worker.create(runner, router.getRef()));
    private final Runner.Reports<Integer, String> reports = Worker.reports(router.getRef());

    private final Task<Integer, String> task = new Task<>(
            new Slice<>(
                    new Slice.BatchRef<>(1, collector.getRef(), JobPolicy.NONE), 10, new Object[] {1, 2, 3}, 1, 3, 1),
            () -> 0);

    @Test
    void aChunkGoesToTheRunner() {
        worker.run(new Worker.Run<>(task));
        assertThat(run).containsExactly(task);
        assertThat(router.hasMessages()).isFalse();
    }

    @Test
    void theRouterHearsOfAChunkForWhichThereIsNoThread() {
        Error cause = new OutOfMemoryError("on purpose");
        fault = new ThreadStarts.NoThread(cause);
        worker.run(new Worker.Run<>(task));
        router.expectMessage(new Worker.NotStarted<>(task, cause));
        fault = null;
        worker.run(new Worker.Run<>(task));
        assertThat(run).as("the next may find one").containsExactly(task);
    }

    /** No supervision would see an error. */
    @Test
    void theRouterHearsOfAFaultOfTheMachinery() {
        for (Throwable each : List.of(new IllegalStateException("on purpose"), new StackOverflowError("on purpose"))) {
            fault = each;
            worker.run(new Worker.Run<>(task));
            router.expectMessage(new Worker.Broken<>(each));
        }
        assertThat(worker.isAlive()).isTrue();
    }

    @Test
    void theRunnerIsShutDownWithTheWorker() {
        worker.signal(PostStop.instance());
        assertThat(shutDown).isTrue();
    }

    @Test
    void theCollectorHearsTheOutcomesOfWhatHasEnded() {
        assertThat(task.chunk.claim()).isZero();
        task.chunk.succeed(0, "two");
        task.chunk.recall(0);
        reports.done(task, 77);
        Collector.Ended<String> ended = (Collector.Ended<String>) collector.receiveMessage();
        assertThat(ended.first()).isEqualTo(11);
        Outcomes<String> outcomes = ended.outcomes();
        assertThat(outcomes).containsExactly(new Outcome.Succeeded<>("two", 1));
        router.expectMessage(new Worker.Done<>(task, 77));
    }

    @Test
    void ofAChunkThatWasRecalledWholeTheCollectorHearsNothing() {
        task.chunk.recall(0);
        reports.done(task, 0);
        assertThat(collector.hasMessages()).isFalse();
        router.expectMessage(new Worker.Done<>(task, 0));
    }

    @Test
    void theRouterHearsOfABrokenRunner() {
        Error error = new Error("on purpose");
        reports.broken(error);
        router.expectMessage(new Worker.Broken<>(error));
    }
}
