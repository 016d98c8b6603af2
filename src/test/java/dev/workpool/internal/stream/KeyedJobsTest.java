package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.dispatcher.Backlogs;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The key of a job is its tens: 10 to 19 are of one key. */
class KeyedJobsTest {
    private static final StreamOptions<Integer> BY_TENS = StreamOptions.keyed(job -> job / 10);
    private static final int ALL = 1_000_000;

    private final StreamHarness it = new StreamHarness(BY_TENS);
    private final StreamHarness.Stream stream = it.stream;

    @Test
    void ofEachKeyOneAtATimeIsGranted() {
        it.offer(10, 11, 20, 12, 30, 21);
        assertThat(it.grant(ALL)).containsExactly(10, 20, 30);
        assertThat(it.grant(ALL)).isEmpty();
        it.succeed(20);
        assertThat(it.grant(ALL)).containsExactly(21);
        it.succeed(10);
        it.succeed(21);
        assertThat(it.grant(ALL)).containsExactly(11);
        it.succeed(11);
        assertThat(it.grant(ALL)).containsExactly(12);
        assertThat(stream.delivered).containsExactly(20, 10, 21, 11);
    }

    @Test
    void jobsThatComeOnlyForBusyKeysDoNotHideThoseAfterThem() {
        it.offer(10);
        assertThat(it.grant(ALL)).containsExactly(10);
        it.offer(11);
        assertThat(it.backlog.queued()).isZero();
        it.offer(20);
        assertThat(it.grant(ALL)).containsExactly(20);
        it.offer(12);
        it.offer(21);
        it.offer(30);
        assertThat(it.grant(ALL)).containsExactly(30);
    }

    @Test
    void jobsThatComeOnlyForStoppedKeysDoNotHideThoseAfterThem() {
        StreamHarness stopping = new StreamHarness(BY_TENS.withStopKeyOnFailure(true));
        stopping.offer(10);
        stopping.grant(ALL);
        stopping.fail(10);
        stopping.offer(11);
        stopping.offer(12);
        assertThat(stopping.stream.delivered).containsExactly(10, 11, 12);
        stopping.offer(20);
        assertThat(stopping.grant(ALL)).containsExactly(20);
    }

    @Test
    void whatIsGivenBackKeepsItsPlace() {
        it.offer(10, 11);
        it.grant(ALL);
        it.giveBack(10);
        it.offer(12, 20);
        assertThat(it.grant(1)).containsExactly(10);
        assertThat(it.grant(ALL)).containsExactly(20);
    }

    @Test
    void aKeyWhoseJobFailsGoesOn() {
        it.offer(10, 11);
        it.grant(ALL);
        it.fail(10);
        assertThat(it.grant(ALL)).containsExactly(11);
    }

    @Test
    void aKeyWhoseJobFailsIsStoppedIfItIsToBe() {
        StreamHarness stopping = new StreamHarness(BY_TENS.withStopKeyOnFailure(true));
        stopping.offer(10, 11, 20, 12, 21);
        stopping.grant(ALL);
        stopping.fail(10);
        assertThat(stopping.stream.delivered).containsExactly(10, 11, 12);
        assertThat(stopping.stream.outcomes.subList(1, 3)).containsOnly(new Outcome.Cancelled<>(0));
        stopping.offer(13, 22);
        assertThat(stopping.stream.delivered).endsWith(13);
        stopping.succeed(20);
        assertThat(stopping.grant(ALL)).as("other keys go on").containsExactly(21);
        stopping.succeed(21);
        assertThat(stopping.grant(ALL)).containsExactly(22);
        stopping.succeed(22);
        stopping.stream.end(null);
        stopping.settle();
        assertThat(stopping.stream.completions).isOne();
        assertThat(stopping.stream.counts.failed()).isOne();
        assertThat(stopping.stream.counts.cancelled()).isEqualTo(3);
        assertThat(stopping.stream.counts.succeeded()).isEqualTo(3);
    }

    @Test
    void aStreamThatIsCancelledEndsEachKeyInItsOrder() {
        it.offer(10, 20, 11, 12, 30, 31, 32);
        assertThat(it.grant(2)).containsExactly(10, 20);
        stream.cancel();
        it.settle();
        assertThat(stream.delivered).as("11 and 12 wait for 10, which runs").containsExactly(30, 31, 32);
        assertThat(stream.completions).isZero();
        it.succeed(20);
        it.fail(10);
        assertThat(stream.delivered).containsExactly(30, 31, 32, 20, 10, 11, 12);
        assertThat(stream.outcomes.subList(5, 7)).containsOnly(new Outcome.Cancelled<>(0));
        assertThat(stream.completions).isOne();
        assertThat(stream.offer(13)).isFalse();
        assertThat(it.backlog.isEmpty()).isTrue();
    }

    @Test
    void whatWaitsForItsKeyTimesOutWithTheStream() {
        it.offer(10, 11);
        it.grant(ALL);
        Backlogs.stop(it.backlog, it.stream, StopReason.timedOut(Duration.ofSeconds(1)));
        it.settle();
        it.succeed(10);
        assertThat(stream.delivered).containsExactly(10, 11);
        assertThat(stream.outcomes.get(1)).isEqualTo(new Outcome.TimedOut<>(Duration.ofSeconds(1), 0));
        assertThat(stream.completions).isOne();
    }

    @Test
    void aPoolThatIsStoppedFromOutsideEndsEachKeyInItsOrder() {
        it.offer(10, 20, 11, 30, 12, 21);
        it.grant(2);
        it.backlog.streams().endInputs(new IllegalStateException("stopped"));
        it.backlog.settleAll();
        assertThat(stream.delivered).containsExactlyInAnyOrder(10, 11, 12, 20, 21, 30);
        assertThat(stream.delivered).containsSubsequence(10, 11, 12).containsSubsequence(20, 21);
        assertThat(stream.outcomes.get(stream.delivered.indexOf(10))).isEqualTo(new Outcome.Cancelled<>(1));
        assertThat(stream.outcomes.get(stream.delivered.indexOf(11))).isEqualTo(new Outcome.Cancelled<>(0));
        assertThat(stream.outcomes.get(stream.delivered.indexOf(30))).isEqualTo(new Outcome.Cancelled<>(0));
        assertThat(stream.completions).isOne();
        assertThat(stream.problem).get().extracting(Throwable::getMessage).isEqualTo("stopped");
    }

    @Test
    void aMillionKeysLeaveNothingBehind() {
        StreamHarness each = new StreamHarness(StreamOptions.keyed(job -> job));
        each.stream.keeps = false;
        for (int job = 0; job < 1_000_000; job += 10) {
            for (int i = 0; i < 10; i++) {
                each.offer(job + i);
            }
            List<Integer> granted = each.grant(ALL);
            assertThat(granted).hasSize(10);
            each.succeedAll(granted);
        }
        assertThat(each.backlog.queued()).isZero();
        each.stream.end(null);
        each.settle();
        assertThat(each.stream.completions).isOne();
        assertThat(each.stream.counts.succeeded()).isEqualTo(1_000_000);
        assertThat(each.backlog.isEmpty()).isTrue();
    }
}
