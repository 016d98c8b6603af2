package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamLedgerTest {
    private static final Outcome<String> CANCELLED = new Outcome.Cancelled<>(0);

    private StreamHarness.Stream stream;
    private StreamLedger<Integer, String> ledger;
    private Segment[] segments;

    /** A stream that has taken jobs, all of them granted; four go into a segment. */
    private void open(StreamOptions<Integer> options, int jobs) {
        stream = new StreamHarness.Stream(options.withWindow(16), new RequestQueue<>());
        ledger = new StreamLedger<>(stream, Runnable::run);
        segments = new Segment[(jobs + 3) / 4];
        StreamBufferReader reader = new StreamBufferReader(stream.streamBuffer());
        for (int job = 0; job < jobs; job++) {
            assertThat(stream.offer(job)).isTrue();
            Segment segment = reader.segment();
            if (reader.offset() == 0) {
                segments[job / 4] = segment;
                ledger.open(segment);
            }
            reader.advance(1);
        }
    }

    private static Outcomes<String> succeeded(int count) {
        return Outcomes.copyOf(IntStream.range(0, count)
                .<Outcome<String>>mapToObj(i -> new Outcome.Succeeded<>("" + i, 1))
                .toList());
    }

    private static Outcomes<String> allSucceeded(int count) {
        return new Outcomes<>(IntStream.range(0, count).mapToObj(i -> "" + i).toArray(), count, true);
    }

    private static Outcome<String> failed() {
        return new Outcome.Failed<>(new IllegalStateException("of the job"), 1);
    }

    @Test
    void outcomesGoOnAsTheyCome() {
        open(StreamOptions.asCompleted(), 6);
        ledger.acknowledge(4, succeeded(2));
        ledger.acknowledge(1, succeeded(1));
        assertThat(stream.delivered).containsExactly(4, 5, 1);
        assertThat(ledger.isOpen(0)).isTrue();
        assertThat(ledger.isOpen(1)).isFalse();
        assertThat(ledger.isOpen(5)).isFalse();
        assertThat(ledger.isOpen(8)).as("not there yet").isFalse();
        assertThat(stream.progress().succeeded()).isEqualTo(3);
        assertThat(stream.progress().total()).isEqualTo(6);
    }

    @Test
    void whatIsKnownToHaveSucceededIsCountedToo() {
        open(StreamOptions.asCompleted(), 6);
        ledger.acknowledge(0, allSucceeded(3));
        assertThat(stream.progress().succeeded()).isEqualTo(3);
        ledger.endOfInput(6);
        assertThat(ledger.isComplete()).isFalse();
        ledger.acknowledge(3, allSucceeded(1));
        ledger.acknowledge(4, allSucceeded(2));
        assertThat(ledger.isComplete()).isTrue();
        assertThat(stream.counts.succeeded()).isEqualTo(6);
    }

    @Test
    void anObserverSeesOutcomesBeforeItIsTheirTurn() {
        List<Integer> seen = new ArrayList<>();
        open(StreamOptions.<Integer>ordered().withObserver((job, outcome) -> seen.add(job)), 3);
        ledger.acknowledge(2, succeeded(1));
        assertThat(seen).containsExactly(2);
        assertThat(stream.delivered).isEmpty();
        ledger.acknowledge(0, succeeded(2));
        assertThat(seen).containsExactly(2, 0, 1);
        assertThat(stream.delivered).containsExactly(0, 1, 2);
    }

    @Test
    void anOrderedStreamHandsThemOnInOrder() {
        open(StreamOptions.ordered(), 6);
        ledger.acknowledge(4, succeeded(2));
        ledger.acknowledge(1, succeeded(1));
        assertThat(stream.delivered).isEmpty();
        assertThat(stream.progress().succeeded()).as("they are counted").isEqualTo(3);
        ledger.settle(0, 1, CANCELLED);
        assertThat(stream.delivered).containsExactly(0, 1);
        ledger.acknowledge(2, succeeded(2));
        assertThat(stream.delivered).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(stream.outcomes.get(0)).isEqualTo(CANCELLED);
    }

    @Test
    void theFirstOutcomeOfAJobCounts() {
        open(StreamOptions.asCompleted(), 4);
        ledger.acknowledge(1, succeeded(1));
        ledger.acknowledge(0, Outcomes.copyOf(List.of(failed(), failed(), failed())));
        ledger.settle(0, 4, CANCELLED);
        ledger.acknowledge(0, succeeded(4));
        assertThat(stream.delivered).containsExactly(1, 0, 2, 3);
        assertThat(stream.outcomes.get(0).isSuccess()).isTrue();
        assertThat(stream.outcomes.get(3)).isEqualTo(CANCELLED);
        assertThat(ledger.progress().succeeded()).isOne();
        assertThat(ledger.progress().failed()).isEqualTo(2);
        assertThat(ledger.progress().cancelled()).isOne();
    }

    @Test
    void itIsCompleteOnceWithTheLastOutcomeOrTheEndOfTheInput() {
        open(StreamOptions.asCompleted(), 2);
        ledger.acknowledge(0, succeeded(2));
        assertThat(stream.completions).as("there may be more").isZero();
        ledger.endOfInput(2);
        ledger.endOfInput(2);
        assertThat(stream.completions).isOne();
        assertThat(ledger.isComplete()).isTrue();

        open(StreamOptions.asCompleted(), 2);
        ledger.endOfInput(2);
        assertThat(stream.completions).isZero();
        ledger.acknowledge(0, succeeded(2));
        ledger.acknowledge(0, succeeded(2));
        assertThat(stream.completions).isOne();
        assertThat(stream.counts.succeeded()).isEqualTo(2);

        open(StreamOptions.asCompleted(), 0);
        ledger.endOfInput(0);
        assertThat(stream.completions).isOne();
    }

    @Test
    void aJobWhoseHandlerHasReturnedIsLetGoOf() {
        open(StreamOptions.asCompleted(), 8);
        assertThat(ledger.job(5)).isEqualTo(5);
        ledger.acknowledge(0, allSucceeded(2));
        ledger.acknowledge(4, Outcomes.copyOf(List.of(failed(), new Outcome.Succeeded<>("", 1), CANCELLED)));
        assertThat(segments[0].jobs).containsExactly(null, null, 2, 3);
        assertThat(segments[1].jobs).as("who was told to leave may still look").containsExactly(null, null, 6, 7);
        assertThat(ledger.job(5)).isNull();
        assertThat(stream.delivered).as("the consumer gets them").containsExactly(0, 1, 4, 5, 6);
    }

    @Test
    void aSegmentWhoseJobsAllHaveTheirOutcomeIsForgotten() {
        open(StreamOptions.asCompleted(), 8);
        ledger.acknowledge(0, succeeded(4));
        assertThat(ledger.job(3)).isNull();
        ledger.acknowledge(0, Outcomes.copyOf(List.of(failed())));
        ledger.settle(3, 1, CANCELLED);
        assertThat(stream.delivered).containsExactly(0, 1, 2, 3);
        assertThat(ledger.job(4)).isEqualTo(4);
    }

    @Test
    void theRestIsSettledToTheLastJobAndNotBeyond() {
        open(StreamOptions.asCompleted(), 10);
        ledger.acknowledge(3, succeeded(1));
        ledger.acknowledge(5, succeeded(2));
        ledger.endOfInput(10);
        ledger.settleRest(CANCELLED);
        ledger.settleRest(failed());
        assertThat(stream.delivered).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(stream.completions).isOne();
        assertThat(stream.counts.cancelled()).isEqualTo(7);
        assertThat(stream.counts.succeeded()).isEqualTo(3);
        assertThat(stream.counts.pending()).isZero();
    }

    @Test
    void aKeyedStreamTellsWhichHaveFailed() {
        open(StreamOptions.keyed(job -> job), 0);
        Segment segment = new Segment(0, new Object[] {7, 8, 9});
        ledger.open(segment);
        ledger.acknowledge(0, Outcomes.copyOf(List.of(new Outcome.Succeeded<>("", 1), failed())));
        ledger.settle(2, 1, CANCELLED);
        StreamLedger.Settled first = ledger.pollSettled();
        assertThat(first.first()).isZero();
        assertThat(first.count()).isEqualTo(2);
        assertThat(first.failed().stream()).containsExactly(1);
        StreamLedger.Settled second = ledger.pollSettled();
        assertThat(second.first()).isEqualTo(2);
        assertThat(second.failed().stream()).containsExactly(0);
        assertThat(ledger.pollSettled()).isNull();
    }
}
