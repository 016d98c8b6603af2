package dev.workpool.durable.internal.enqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.enqueue.Coalescer.Single;
import dev.workpool.durable.internal.enqueue.Coalescer.When;
import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.JobPlace;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoalescerTest {
    private static final When NOW = new When(0, null, 0);

    private final List<List<List<Single>>> written = new ArrayList<>();
    private final List<CompletableFuture<Runnable>> transactions = new ArrayList<>();

    private final Coalescer coalescer = new Coalescer(groups -> {
        written.add(groups);
        CompletableFuture<Runnable> transaction = new CompletableFuture<>();
        transactions.add(transaction);
        return transaction;
    });

    private static Single single(int n, int lane, When when) {
        return new Single(new byte[] {(byte) n}, lane, null, when, new CompletableFuture<JobPlace>());
    }

    @Test
    void whatComesDuringATransactionGoesIntoTheNext() {
        coalescer.submit(single(1, -1, NOW));
        coalescer.submit(single(2, -1, NOW));
        coalescer.submit(single(3, -1, new When(5, null, 0)));
        coalescer.submit(single(4, -1, NOW));
        assertThat(written).hasSize(1);
        assertThat(written.get(0)).hasSize(1);
        transactions.get(0).complete(() -> {});
        assertThat(written).hasSize(2);
        assertThat(written.get(1).stream().map(List::size))
                .as("by when they run")
                .containsExactly(2, 1);
        transactions.get(1).complete(() -> {});
        assertThat(written).hasSize(2);
        coalescer.submit(single(5, -1, NOW));
        assertThat(written).hasSize(3);
    }

    @Test
    void aTransactionThatFailsFailsItsJobsAndNoOthers() {
        Single first = single(1, -1, NOW);
        Single second = single(2, -1, NOW);
        coalescer.submit(first);
        coalescer.submit(second);
        transactions.get(0).completeExceptionally(new IllegalStateException("away"));
        assertThat(first.place()).isCompletedExceptionally();
        assertThat(second.place()).isNotDone();
        assertThat(written).hasSize(2);
    }

    @Test
    void aTransactionHasAThousandJobsAtMost() {
        coalescer.submit(single(0, -1, NOW));
        for (int i = 0; i < 1_500; i++) {
            coalescer.submit(single(i, -1, NOW));
        }
        transactions.get(0).complete(() -> {});
        assertThat(written.get(1).get(0)).hasSize(1_000);
        transactions.get(1).complete(() -> {});
        assertThat(written.get(2).get(0)).hasSize(500);
    }

    @Test
    void thoseThatAreThereAlreadyAreLeftOutAndTheOthersKeepTheirIndices() {
        List<Single> group = List.of(single(7, -1, NOW), single(8, -1, NOW), single(9, -1, NOW));
        BitSet some = new BitSet();
        some.set(0);
        some.set(2);
        NewSegment segment = Coalescer.pack(group, some, Integer.MAX_VALUE).get(0);
        assertThat(segment.jobs()).isEqualTo(JobSet.of(0, some));
        assertThat(JobBlock.read(segment.block()).job(2)).containsExactly(9);
    }

    @Test
    void eachLaneHasASegment() {
        List<Single> group = List.of(single(1, 5, NOW), single(2, 3, NOW), single(3, 5, NOW));
        BitSet all = new BitSet();
        all.set(0, 3);
        List<NewSegment> segments = Coalescer.pack(group, all, Integer.MAX_VALUE);
        assertThat(segments.stream().map(NewSegment::lane)).containsExactly(3, 5);
        assertThat(segments.get(1).jobs()).isEqualTo(JobSet.range(1, 2));
        JobBlock block = JobBlock.read(segments.get(1).block());
        assertThat(block.index(1, 0)).isZero();
        assertThat(block.index(1, 1)).isEqualTo(2);
        assertThat(block.job(1)).containsExactly(3);
    }
}
