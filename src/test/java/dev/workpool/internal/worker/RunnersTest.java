package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.slice.Slices;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which runners of a pool are known, and for how long. */
class RunnersTest {
    private static final Runner.Reports<Integer, String> UNHEARD = new Runner.Reports<>() {
        @Override
        public void done(Task<Integer, String> task, long elapsedNs) {}

        @Override
        public void broken(Throwable fault) {
            throw new AssertionError(fault);
        }
    };

    private static final JobMeters METERS = new JobMeters("p", new JobTimes(System::nanoTime));

    /** What the handlers of a test wait for. */
    private final CompletableFuture<String> released = new CompletableFuture<>();

    private static WorkerContext context(int workerIndex) {
        return new WorkerContext(workerIndex, Runnable::run, time -> {}, new CancelFailures("p", Runnable::run));
    }

    private static Stream<Boolean> asynchronous() {
        return Stream.of(false, true);
    }

    private Runner.Factory<Integer, String> factory(boolean asynchronous) {
        return asynchronous
                ? AsyncRunner.factory("pool", (job, context) -> stage(), METERS, RunnersTest::context, Runnable::run)
                : BlockingRunner.simple("pool", WorkerThreads.of("p", false), METERS, job -> released.join());
    }

    private CompletionStage<String> stage() {
        return released;
    }

    private static Task<Integer, String> chunk() {
        return new Task<>(Slices.slice(1, 0, 1), System::nanoTime);
    }

    @ParameterizedTest
    @MethodSource("asynchronous")
    void oneThatRunsAJobIsKnownUntilThatHasEnded(boolean asynchronous) {
        Runner.Factory<Integer, String> factory = factory(asynchronous);
        Runner<Integer, String> runner = factory.create(3, UNHEARD);
        assertThat(runner.at()).isNull();
        Task<Integer, String> task = chunk();
        runner.run(task);
        await().atMost(PoolTest.LONG).until(() -> task.chunk.running() == 0);
        assertThat(runner.at().task()).isSameAs(task);
        assertThat(runner.at().workerIndex()).isEqualTo(3);
        runner.shutdown();
        assertThat(factory.runners()).hasSize(1);
        released.complete("done");
        await().atMost(PoolTest.LONG)
                .untilAsserted(() -> assertThat(factory.runners()).isEmpty());
        assertThat(runner.at()).isNull();
    }

    @ParameterizedTest
    @MethodSource("asynchronous")
    void oneThatIsShutDownWithNothingToDoIsForgotten(boolean asynchronous) {
        released.complete("done");
        Runner.Factory<Integer, String> factory = factory(asynchronous);
        factory.create(0, UNHEARD).shutdown();
        assertThat(factory.runners()).isEmpty();
        Runner<Integer, String> used = factory.create(0, UNHEARD);
        Task<Integer, String> task = chunk();
        used.run(task);
        await().atMost(PoolTest.LONG).until(() -> task.chunk.claimed() == 1 && used.at() == null);
        assertThat(factory.runners()).hasSize(1);
        used.shutdown();
        await().atMost(PoolTest.LONG)
                .untilAsserted(() -> assertThat(factory.runners()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("asynchronous")
    void thoseOfSubmittersAreForgotten(boolean asynchronous) {
        released.complete("done");
        Runner.Factory<Integer, String> factory = factory(asynchronous);
        CallerRuns<Integer, String> callerRuns =
                new CallerRuns<>(factory, RetryPolicy.never(), System::nanoTime, TestHarness.NONE);
        for (int i = 0; i < 100; i++) {
            assertThat(callerRuns.run(i).size()).isEqualTo(1);
        }
        assertThat(factory.runners()).isEmpty();
    }

    @Test
    void soAreThoseWhoseJobFails() {
        released.completeExceptionally(new IllegalStateException("on purpose"));
        Runner.Factory<Integer, String> factory = factory(false);
        new CallerRuns<>(factory, RetryPolicy.never(), System::nanoTime, TestHarness.NONE).run(1);
        assertThat(factory.runners()).isEmpty();
    }

    /** As a stream does with one that has ended. */
    @ParameterizedTest
    @MethodSource("asynchronous")
    void aJobThatWasLetGoOfIsNotShown(boolean asynchronous) throws Exception {
        Runner.Factory<Integer, String> factory = factory(asynchronous);
        WorkerPoolSettings settings = WorkerPoolSettings.create(ConfigFactory.load(), "p");
        RunningJobs<Integer, String> runningJobs =
                new RunningJobs<>(factory, System::nanoTime, new JobDescriber(settings));
        Runner<Integer, String> runner = factory.create(0, UNHEARD);
        Task<Integer, String> task = chunk();
        runner.run(task);
        await().atMost(PoolTest.LONG).until(() -> runningJobs.oldest(1).size() == 1);
        task.slice.jobs()[0] = null;
        assertThat(runningJobs.oldest(1)).isEmpty();
        released.complete("");
        runner.shutdown();
    }
}
