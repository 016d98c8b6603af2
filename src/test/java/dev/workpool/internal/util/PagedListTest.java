package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.internal.batch.BatchEntry;
import dev.workpool.internal.batch.BatchLedger;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.ConsumerCalls;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagedListTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 100_000})
    void aCopyHasTheSameElements(int size) {
        List<Integer> jobs = IntStream.range(0, size).boxed().toList();
        PagedList<Integer> pagedList = PagedList.copyOf(jobs);
        assertThat(pagedList).hasSize(size);
        for (int i = 0; i < size; i++) {
            assertThat(pagedList.get(i)).isEqualTo(i);
            assertThat(pagedList.pageEnd(i)).isBetween(i + 1, size);
            assertThat(pagedList.page(i)).hasSize(pagedList.pageEnd(i) - PagedList.pageStart(i));
        }
        assertThatThrownBy(() -> pagedList.get(size))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("index " + size + " of " + size);
        assertThatThrownBy(() -> pagedList.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** Whose size nobody knows beforehand. */
    @ParameterizedTest
    @ValueSource(ints = {0, 15, 16, 17, 33, 32_768, 32_769, 70_000})
    void aCopyOfWhatIsNoCollectionHasTheSameElements(int size) {
        PagedList<Integer> pagedList =
                PagedList.copyOf(() -> IntStream.range(0, size).iterator());
        assertThat(pagedList).isEqualTo(IntStream.range(0, size).boxed().toList());
    }

    @Test
    void pagesAreMadeAsTheyAreNeeded() {
        PagedList<String> pagedList = new PagedList<>(32_768 + 2);
        assertThat(pagedList).hasSize(32_770);
        assertThat(pagedList.get(32_769)).isNull();
        assertThat(pagedList.page(32_769)).isNull();
        pagedList.setPage(32_769, new Object[] {"a", "b"});
        assertThat(pagedList.get(32_769)).isEqualTo("b");
        assertThat(pagedList.get(0)).isNull();
        assertThat(pagedList.pageEnd(0)).isEqualTo(32_768);
        assertThat(pagedList.pageEnd(32_768)).isEqualTo(32_770);
    }

    @Test
    void aNullIsNamedByItsIndexOnALaterPage() {
        List<Integer> jobs = new ArrayList<>(Collections.nCopies(40_000, 1));
        jobs.set(35_000, null);
        assertThatThrownBy(() -> PagedList.copyOf(jobs))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("job at index 35000 of the batch is null");
    }

    /** Chunks that fill a page are adopted, others are copied, late ones are dropped: the result is the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 32_767, 32_768, 50_000})
    void aBatchOverPageBordersIsComplete(int chunk) {
        for (int size : new int[] {32_767, 32_768, 32_769, 65_536, 65_537}) {
            List<BatchResult<Integer>> results = new ArrayList<>();
            List<Integer> consumed = new ArrayList<>();
            PagedList<Integer> jobs =
                    PagedList.copyOf(IntStream.range(0, size).boxed().toList());
            ConsumerCalls<Integer, Integer> calls = new ConsumerCalls<>(
                    (job, outcome) -> consumed.add(job), jobs, Contexts.NONE, "p", Label.ofBatch(""));
            BatchSubmission<Integer, Integer> submission = new BatchSubmission<>(
                    jobs, BatchOptions.defaults(), BatchReceiver.of(calls, Runnable::run, results::add));
            BatchEntry<Integer, Integer> entry = new BatchEntry<>(
                    new Slice.BatchRef<>(1, null, JobPolicy.NONE), submission, new BatchLedger<>(submission));
            BatchLedger<Integer, Integer> ledger = new BatchLedger<>(submission);
            while (entry.queued() > 0) {
                Slice<Integer> slice = entry.take(chunk);
                ledger.acknowledge(slice.first(), outcomes(slice));
                ledger.settle(slice.first(), slice.size(), new Outcome.Cancelled<>(1)); // comes late
            }
            assertThat(results).hasSize(1);
            assertThat(results.get(0).values())
                    .isEqualTo(IntStream.range(0, size).boxed().toList());
            assertThat(consumed).isEqualTo(IntStream.range(0, size).boxed().toList());
        }
    }

    private static Outcomes<Integer> outcomes(Slice<Integer> slice) {
        Object[] results = new Object[slice.size()];
        Arrays.setAll(results, i -> PackedOutcome.result((int) slice.first() + i));
        return new Outcomes<>(results, results.length, true);
    }
}
