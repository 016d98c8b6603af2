package dev.workpool.cluster.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.cluster.internal.fleet.OutcomeReader.Report;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What nodes report is decoded, and told to the collectors of those jobs that are wanted. */
class OutcomeReaderTest {
    private final TestInbox<Collector.Command<String>> collector = TestInbox.create();
    private final List<String> read = new ArrayList<>();
    private final OutcomeReader<String> reader =
            new OutcomeReader<>(JobCodec.strings(), JobCodec.strings().version(), "there", Runnable::run);

    private Slice<String> slice(int first, int count, RetryPolicy retry) {
        JobPolicy policy = new JobPolicy(Optional.empty(), retry, Optional.empty(), false, false, 1, 0, 1);
        return Slices.slice(new Slice.BatchRef<>(5, collector.getRef(), policy), first, count);
    }

    private Slice<String> slice(int first, int count) {
        return slice(first, count, RetryPolicy.never());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static OutcomesBlock.Reader block(long first, List<Outcome<byte[]>> outcomes) {
        return new OutcomesBlock.Reader(OutcomesBlock.write(5, 1, first, Outcomes.copyOf(outcomes)));
    }

    private static OutcomesBlock.Reader results(int first, int count) {
        return block(
                first,
                IntStream.range(first, first + count)
                        .<Outcome<byte[]>>mapToObj(i -> new Outcome.Succeeded<>(bytes("r" + i), 1))
                        .toList());
    }

    private void read(OutcomesBlock.Reader block, List<Slice<String>> wanted) {
        reader.read(List.of(new Report<>(block, wanted)), () -> read.add("read"));
        assertThat(read).containsExactly("read");
    }

    private List<Collector.Ended<String>> ended() {
        return collector.getAllReceived().stream()
                .map(message -> (Collector.Ended<String>) message)
                .toList();
    }

    @Test
    void allResultsAreToldAtOnce() {
        read(results(10, 3), List.of(slice(10, 3)));
        assertThat(ended()).singleElement().satisfies(ended -> {
            assertThat(ended.first()).isEqualTo(10);
            assertThat(ended.outcomes().allSucceeded()).isTrue();
            assertThat(ended.outcomes())
                    .containsExactly(
                            new Outcome.Succeeded<>("r10", 1),
                            new Outcome.Succeeded<>("r11", 1),
                            new Outcome.Succeeded<>("r12", 1));
        });
    }

    @Test
    void onlyWhatIsWantedIsTold() {
        read(results(10, 6), List.of(slice(11, 2), slice(15, 1)));
        List<Collector.Ended<String>> ended = ended();
        assertThat(ended).extracting(Collector.Ended::first).containsExactly(11L, 15L);
        assertThat(ended.get(0).outcomes())
                .containsExactly(new Outcome.Succeeded<>("r11", 1), new Outcome.Succeeded<>("r12", 1));
        assertThat(ended.get(1).outcomes()).containsExactly(new Outcome.Succeeded<>("r15", 1));
    }

    @Test
    void anOutcomeOfManyIsToldAsOne() {
        read(
                new OutcomesBlock.Reader(
                        OutcomesBlock.writeAlike(5, 1, 0, 1_000_000, new Outcome.TimedOut<>(Duration.ofMillis(3), 0))),
                List.of(slice(0, 10), slice(20, 5)));
        assertThat(collector.getAllReceived())
                .containsExactly(
                        new Collector.Settle<>(0, 10, new Outcome.TimedOut<>(Duration.ofMillis(3), 0)),
                        new Collector.Settle<>(20, 5, new Outcome.TimedOut<>(Duration.ofMillis(3), 0)));
    }

    @Test
    void theConditionOfARetryPolicyIsAskedHere() {
        RetryPolicy down = RetryPolicy.attempts(3).retryIf((error, attempt) -> error instanceof IOException);
        read(
                block(
                        0,
                        List.of(
                                new Outcome.Failed<>(new IOException("down"), 1),
                                new Outcome.Succeeded<>(bytes("r"), 1),
                                new Outcome.Failed<>(new IllegalStateException("broken"), 1))),
                List.of(slice(1, 2, down), slice(0, 1, down)));
        List<Collector.Ended<String>> ended = ended();
        assertThat(ended.get(0).outcomes().verdict(0)).isNull();
        assertThat(ended.get(0).outcomes().verdict(1).again()).isFalse();
        assertThat(ended.get(1).outcomes().verdict(0).again()).isTrue();
    }

    @Test
    void aConditionThatThrowsSaysNo() {
        RetryPolicy broken = RetryPolicy.attempts(3).retryIf((error, attempt) -> {
            throw new IllegalStateException("condition");
        });
        read(block(0, List.of(new Outcome.Failed<>(new IOException("down"), 1))), List.of(slice(0, 1, broken)));
        assertThat(ended().get(0).outcomes().verdict(0).again()).isFalse();
    }

    @Test
    void aResultThatCannotBeDecodedFailsItsJob() {
        OutcomeReader<String> unable = new OutcomeReader<>(new Unable(), 1, "there", Runnable::run);
        unable.read(List.of(new Report<>(results(0, 3), List.of(slice(0, 3)))), () -> read.add("read"));
        assertThat(ended().get(0).outcomes())
                .satisfiesExactly(
                        outcome -> assertThat(outcome).isEqualTo(new Outcome.Succeeded<>("r0", 1)),
                        outcome -> assertThat(outcome)
                                .isInstanceOfSatisfying(
                                        Outcome.Failed.class,
                                        failed -> assertThat(failed.error()).hasMessage("not this one")),
                        outcome -> assertThat(outcome).isEqualTo(new Outcome.Succeeded<>("r2", 1)));
    }

    private static final class Unable implements JobCodec<String> {
        @Override
        public String name() {
            return "unable";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public byte[] encode(String job) {
            return bytes(job);
        }

        @Override
        public String decode(int version, byte[] bytes) throws IOException {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.equals("r1")) {
                throw new IOException("not this one");
            }
            return text;
        }
    }

    @Test
    void damagedOutcomesFailTheirJobs() {
        byte[] whole = OutcomesBlock.write(
                5, 1, 0, Outcomes.copyOf(List.of(new Outcome.Succeeded<>(bytes("a longer result"), 1))));
        byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 3);
        read(new OutcomesBlock.Reader(cut), List.of(slice(0, 1)));
        assertThat(collector.getAllReceived())
                .singleElement()
                .isInstanceOfSatisfying(
                        Collector.Settle.class,
                        settle -> assertThat(settle.outcome()).isInstanceOf(Outcome.Failed.class));
    }
}
