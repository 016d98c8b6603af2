package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.Outcome;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConsumerCallsTest {
    private static final int PAGE =
            PagedList.copyOf(Stream.generate(() -> "").limit(100_000).toList()).pageEnd(0);

    private final List<Object> delivered = new ArrayList<>();

    @Test
    void eachOutcomeComesWithItsJob() {
        PagedList<String> jobs = PagedList.copyOf(List.of("a", "b", "c"));
        ConsumerCalls<String, Integer> calls = new ConsumerCalls<>(
                (job, outcome) -> delivered.add(job + outcome.attempts()), jobs, Contexts.NONE, "p", Label.ofBatch(""));
        calls.accept(2, 3, index -> new Outcome.Cancelled<>(index));
        calls.accept(0, 2, index -> new Outcome.Cancelled<>(index));
        assertThat(delivered).containsExactly("c2", "a0", "b1");
    }

    /** Whoever submitted a batch of millions may have let go of its jobs. */
    @Test
    void jobsOfAPageAreHeldUntilTheLastOfThemIsDelivered() {
        List<Object> source =
                new ArrayList<>(Stream.generate(Object::new).limit(PAGE + 1).toList());
        WeakReference<Object> first = new WeakReference<>(source.get(0));
        WeakReference<Object> last = new WeakReference<>(source.get(PAGE));
        PagedList<Object> jobs = PagedList.copyOf(source);
        ConsumerCalls<Object, Integer> calls =
                new ConsumerCalls<>((job, outcome) -> delivered.add(job), jobs, Contexts.NONE, "p", Label.ofBatch(""));
        source.clear();
        jobs.setPage(0, null); // as when all of it was handed out
        jobs.setPage(PAGE, null);
        calls.accept(1, PAGE, index -> new Outcome.Cancelled<>(1));
        assertThat(delivered).hasSize(PAGE - 1).doesNotContainNull();
        assertThat(first.get()).isNotNull();
        calls.accept(0, 1, index -> new Outcome.Cancelled<>(1));
        delivered.clear();
        await().until(() -> {
            System.gc();
            return first.get() == null;
        });
        calls.accept(PAGE, PAGE + 1, index -> new Outcome.Cancelled<>(1));
        assertThat(delivered).containsExactly(last.get()).doesNotContainNull();
    }
}
