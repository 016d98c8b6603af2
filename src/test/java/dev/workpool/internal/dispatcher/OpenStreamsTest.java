package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.stream.StreamHarness;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.StreamOptions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When jobs of a stream are taken in: at once for an idle worker, as many as are worth it otherwise, and none is forgotten. */
class OpenStreamsTest {
    private static final int ALL = Integer.MAX_VALUE;

    private final StreamHarness one = new StreamHarness(StreamOptions.asCompleted());

    /** From here on all workers are busy, and ten jobs are worth a grant. */
    @BeforeEach
    void beBusy() {
        one.backlog.streams().worth(10);
        one.offer(0);
        assertThat(one.grant(ALL)).containsExactly(0); // somebody was idle when it was asked for
    }

    @Test
    void fewJobsWaitForMore() {
        one.offer(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(one.grant(ALL)).isEmpty();
        one.offer(10);
        assertThat(one.grant(ALL)).hasSize(10);
    }

    @Test
    void fewJobsAreTakenInAsSoonAsAWorkerIsIdle() {
        one.offer(1, 2, 3);
        one.backlog.streams().worth(1);
        assertThat(one.grant(ALL)).containsExactly(1, 2, 3);
        one.offer(4);
        assertThat(one.grant(ALL)).containsExactly(4);
    }

    @Test
    void whoComesWhenAWorkerIsIdleAlreadyIsTakenIn() {
        one.backlog.streams().worth(1);
        assertThat(one.grant(ALL)).isEmpty();
        one.offer(1);
        assertThat(one.grant(ALL)).containsExactly(1);
    }

    @Test
    void fewJobsAreTakenInWhenTheyHaveWaitedForLong() {
        one.offer(1, 2, 3);
        long due = one.backlog.nextDueNs();
        assertThat(due).isEqualTo(one.nowNs + OpenStreams.PATIENCE_NS);
        one.nowNs = due - 1;
        one.backlog.streams().attendToTime(one.nowNs);
        assertThat(one.grant(ALL)).isEmpty();
        one.nowNs = due;
        one.backlog.streams().attendToTime(one.nowNs);
        assertThat(one.grant(ALL)).containsExactly(1, 2, 3);
        assertThat(one.backlog.nextDueNs()).as("whoever comes next").isEqualTo(due + OpenStreams.PATIENCE_NS);
        one.backlog.streams().worth(1);
        assertThat(one.backlog.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Test
    void fewJobsAreTakenInWhenTheInputEnds() {
        one.offer(1, 2, 3);
        one.stream.end(null);
        one.settle();
        List<Integer> granted = one.grant(ALL);
        assertThat(granted).containsExactly(1, 2, 3);
        one.succeed(0);
        one.succeedAll(granted);
        assertThat(one.stream.completions).isOne();
    }

    @Test
    void noMoreThanAPartOfTheWindowIsWaitedFor() {
        StreamHarness narrow =
                new StreamHarness(StreamOptions.<Integer>asCompleted().withWindow(8));
        narrow.backlog.streams().worth(1_000);
        narrow.offer(0);
        assertThat(narrow.grant(ALL)).containsExactly(0);
        narrow.offer(1);
        assertThat(narrow.grant(ALL)).isEmpty();
        narrow.offer(2);
        assertThat(narrow.grant(ALL)).containsExactly(1, 2);
    }
}
