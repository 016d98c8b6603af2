package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.JobProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptContextTest {
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final List<Duration> slowDowns = new ArrayList<>();
    private final List<Runnable> warnings = new ArrayList<>();
    private final CancelFailures failures = new CancelFailures("p", warnings::add);
    private final Chunk<Integer, String> chunk = new Chunk<>(new Object[] {1, 2}, 0, 2);
    private final AttemptContext<Integer, String> job =
            new AttemptContext<>(chunk, 1, new WorkerContext(7, callbacks::add, slowDowns::add, failures));

    private final Notice<Integer, String> notice = new Notice<>(chunk, 1, () -> 0, () -> {});

    private void runCallbacks() {
        Runnable task;
        while ((task = callbacks.poll()) != null) {
            task.run();
        }
    }

    @Test
    void knowsWhichJobItIsOf() {
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.workerIndex()).isEqualTo(7);
        assertThat(job.is(chunk, 1)).isTrue();
        assertThat(job.is(chunk, 0)).isFalse();
        assertThat(job.is(new Chunk<>(new Object[] {1, 2}, 0, 2), 1)).isFalse();
    }

    @Test
    void passesOnThatItsJobsAreToSlowDown() {
        job.slowDown(Duration.ZERO);
        job.end();
        job.slowDown(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(slowDowns).containsExactly(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE));
        assertThatThrownBy(() -> job.slowDown(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("retryAfter");
        assertThatThrownBy(() -> job.slowDown(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retryAfter = PT-0.001S; allowed: 0 or more");
        assertThat(slowDowns).hasSize(2);
    }

    @Test
    void remembersTheLastReportOfHowFarItIs() {
        assertThat(job.progress()).isNull();
        job.progress(1, 0, "some");
        assertThat(job.progress()).isEqualTo(new JobProgress(1, 0, "some"));
        job.progress(3, 2, "more than all");
        assertThat(job.progress().fraction()).isEqualTo(1);
        assertThatThrownBy(() -> job.progress(1, 2, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("note");
        assertThatThrownBy(() -> job.progress(-1, 2, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("done = -1; allowed: 0 or more");
        assertThatThrownBy(() -> job.progress(1, -2, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("total = -2; allowed: 0 or more");
        assertThat(job.progress().done()).isEqualTo(3);
    }

    @Test
    void ignoresReportsOnceTheJobHasItsOutcome() {
        job.progress(1, 4, "");
        job.end();
        job.progress(2, 4, "");
        assertThat(job.progress().done()).isEqualTo(1);
        AttemptContext<Integer, String> cancelled =
                new AttemptContext<>(chunk, 0, new WorkerContext(7, callbacks::add, slowDowns::add, failures));
        cancelled.cancel(notice);
        cancelled.progress(2, 4, "");
        assertThat(cancelled.progress()).isNull();
    }

    @Test
    void runsActionsInOrderOnTheCallbackExecutorWhenItIsCancelled() {
        job.onCancel(() -> ran.add("first"));
        job.onCancel(() -> ran.add("second"));
        assertThat(job.isCancelled()).isFalse();
        job.cancel(notice);
        assertThat(job.isCancelled()).isTrue();
        assertThat(ran).as("not on the router's thread").isEmpty();
        runCallbacks();
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void saysWhenTheLastActionBegins() {
        notice.deliver(() -> {});
        assertThat(notice.isTold()).isTrue();
        List<Boolean> told = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            job.onCancel(() -> told.add(notice.isTold()));
        }
        job.cancel(notice);
        assertThat(notice.isTold()).isFalse();
        runCallbacks();
        assertThat(told).containsExactly(false, false, true);
    }

    @Test
    void runsAnActionAtOnceIfItIsCancelledAlready() {
        job.cancel(notice);
        job.onCancel(() -> ran.add("late"));
        assertThat(ran).containsExactly("late");
        assertThat(callbacks).isEmpty();
    }

    @Test
    void runsEachActionOnceHoweverOftenItIsCancelled() {
        job.onCancel(() -> ran.add("action"));
        job.cancel(notice);
        job.cancel(notice);
        runCallbacks();
        assertThat(ran).containsExactly("action");
    }

    @Test
    void runsTheActionsAfterOneThatThrows() {
        job.onCancel(() -> {
            throw new IOException("a checked one");
        });
        job.onCancel(() -> ran.add("next"));
        job.cancel(notice);
        runCallbacks();
        assertThat(ran).containsExactly("next");
        assertThat(warnings).hasSize(1);
    }

    @Test
    void letsNothingOutThatAnActionThrowsWhichRunsAtOnce() {
        job.cancel(notice);
        assertThatCode(() -> job.onCancel(() -> {
                    throw new AssertionError("on purpose");
                }))
                .doesNotThrowAnyException();
        assertThat(warnings).hasSize(1);
    }

    @Test
    void dropsItsActionsWhenTheJobEnds() {
        job.onCancel(() -> ran.add("action"));
        job.end();
        job.cancel(notice);
        job.onCancel(() -> ran.add("late"));
        runCallbacks();
        assertThat(ran).isEmpty();
        assertThat(job.isCancelled()).isFalse();
    }

    @Test
    void staysCancelledWhenTheJobEnds() {
        job.cancel(notice);
        job.end();
        assertThat(job.isCancelled()).isTrue();
    }

    @Test
    void mayBeAskedForMoreByAnAction() {
        job.onCancel(() -> job.onCancel(() -> ran.add("inner")));
        job.cancel(notice);
        runCallbacks();
        assertThat(ran).containsExactly("inner");
    }

    @Test
    void runsAnActionOnceHoweverItsRegistrationRacesWithTheCancelling() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            AtomicInteger runs = new AtomicInteger();
            AttemptContext<Integer, String> raced =
                    new AttemptContext<>(chunk, 0, new WorkerContext(0, Runnable::run, slowDowns::add, failures));
            CyclicBarrier together = new CyclicBarrier(2);
            Thread canceller = new Thread(() -> {
                try {
                    together.await();
                    raced.cancel(notice);
                } catch (Exception e) {
                    runs.set(-1);
                }
            });
            canceller.start();
            together.await();
            raced.onCancel(runs::incrementAndGet);
            canceller.join();
            assertThat(runs).hasValue(1);
        }
    }
}
