package dev.workpool.testkit;

import static dev.workpool.testkit.WorkerPoolAssertions.assertThat;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A script says what happens each time that a job is run. */
class ScriptTest {
    private final WorkerPoolTestKit kit = WorkerPoolTestKit.create();
    private final Script<Integer, String> script = Script.of((Integer job) -> "handled");
    private final WorkerPool<Integer, String> pool =
            kit.start(kit.settings("pool").withWorkers(1), script);

    @AfterEach
    void close() {
        kit.close();
    }

    private Outcome<String> run(int job) {
        return kit.await(pool.submitAll(List.of(job)).result()).outcomes().get(0);
    }

    @Test
    void eachRunHasItsLineAndTheLastOneStays() {
        script.on(1)
                .failsWith(new IOException("no"))
                .thenReturns("yes")
                .thenTakes(ofHours(1))
                .thenFailsWith(new StackOverflowError());
        assertThat(run(1)).hasFailedWith(IOException.class).hasAttempts(1);
        assertThat(run(1)).hasSucceededWith("yes");
        assertThat(kit.time()).isZero();
        assertThat(run(1)).hasSucceededWith("handled");
        assertThat(kit.time()).isEqualTo(ofHours(1));
        assertThat(run(1)).hasFailedWith(StackOverflowError.class);
        assertThat(run(1)).hasFailedWith(StackOverflowError.class);
        assertThat(run(2)).hasSucceededWith("handled");
    }

    @Test
    void aJobMayBeginAnew() {
        script.on(1).returns("first").on(2).returns(null);
        assertThat(run(1)).hasSucceededWith("first");
        assertThat(run(2)).hasSucceededWith(null);
        script.on(1).takes(ofHours(1)).failsWith(new IOException("second"));
        assertThat(run(1)).hasFailedWith(IOException.class);
        assertThat(kit.time()).isEqualTo(ofHours(1));
        script.on(1);
        assertThat(run(1)).hasSucceededWith("handled");
    }

    @Test
    void aLineThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> script.returns("x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("returns without a job; on(job) comes first");
        assertThatThrownBy(() -> script.on(1).thenHangs())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("thenHangs before the line that it belongs to");
        assertThatThrownBy(() -> script.on(1).hangs().takes(ofHours(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("takes after a line that says how the job ends");
        assertThatThrownBy(() -> script.on(1).takes(ofHours(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("duration = PT-1H; allowed: 0 or more");
        assertThatThrownBy(() -> script.on(1).failsWith(new Throwable("neither")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("allowed: an Exception or an Error");
    }

    @Test
    void aScriptInsideOfAHandlerCannotTakeVirtualTime() {
        script.on(1).hangs().on(2).failsWith(new IOException("no"));
        WorkerPool<Integer, String> other = kit.start("other", (job, context) -> script.handle(job, context));
        Outcome.Failed<String> failed = (Outcome.Failed<String>)
                kit.await(other.submitAll(List.of(1)).result()).outcomes().get(0);
        assertThat(failed.error()).hasMessageContaining("make the script the pool's handler");
        assertThat(kit.await(other.submitAll(List.of(2)).result()).outcomes().get(0))
                .hasFailedWith(IOException.class);
    }

    @Test
    void assertionsSayWhatIsTheCase() {
        script.on(1).hangs();
        pool.submit(1);
        kit.drain();
        assertThatThrownBy(() -> assertThat(pool).hasNothingRunning())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "to run 0 jobs, but it runs [Attempt[job=1, number=1, workerIndex=0, begun=PT0S]]");
        assertThatThrownBy(() -> assertThat(pool).received(2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("to have received 2, but it has received [1]");
        assertThatThrownBy(() -> assertThat(pool).received(1).withAttempts(2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("2 attempts at 1, but it has made 1");
        assertThatThrownBy(() -> assertThat(pool).withAttempts(2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> assertThat(pool).isIdle()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(pool).hasNotReceived(1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(pool).hasRun(List.of())).isInstanceOf(AssertionError.class);
        assertThat(pool).hasRun(List.of(1));
        Outcome<String> timedOut = new Outcome.TimedOut<>(Duration.ofSeconds(1), 1);
        assertThat(timedOut).hasTimedOutAfter(Duration.ofSeconds(1));
        assertThatThrownBy(() -> assertThat(timedOut).hasTimedOutAfter(ofHours(1)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(timedOut).isCancelled()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(timedOut).isRejected()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(timedOut).hasAttempts(2)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(timedOut).hasSucceededWith("x")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(timedOut).hasFailedWith(Error.class))
                .isInstanceOf(AssertionError.class);
        assertThat(new Outcome.Cancelled<String>(1)).isCancelled();
        assertThat(new Outcome.Rejected<String>("full")).isRejected();
    }
}
