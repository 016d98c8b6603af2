package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.Contexts;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class BatchReceiverTest {
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<Object> told = new ArrayList<>();
    private final BatchResult<String> result = BatchResult.of(List.of());

    private ConsumerCalls<String, String> consumer() {
        return new ConsumerCalls<>(
                (job, outcome) -> told.add(job),
                PagedList.copyOf(List.of("a", "b", "c")),
                Contexts.NONE,
                "p",
                Label.ofBatch(""));
    }

    private static Outcome<String> outcome(int index) {
        return new Outcome.Cancelled<>(index);
    }

    private void runCallbacks() {
        while (!callbacks.isEmpty()) {
            callbacks.remove().run();
        }
    }

    @Test
    void theConsumerIsCalledInOrderAndBeforeTheResultIsTold() {
        BatchReceiver<String> receiver = BatchReceiver.of(consumer(), callbacks::add, told::add);
        receiver.deliver(1, 2, BatchReceiverTest::outcome);
        receiver.deliver(2, 2, BatchReceiverTest::outcome);
        receiver.deliver(2, 3, BatchReceiverTest::outcome);
        receiver.deliver(0, 1, BatchReceiverTest::outcome);
        receiver.complete(() -> result);
        assertThat(callbacks).as("one at a time").hasSize(1);
        assertThat(told).isEmpty();
        runCallbacks();
        assertThat(told).containsExactly("b", "c", "a", result);
    }

    @Test
    void withoutAConsumerNothingButTheResultIsTold() {
        BatchReceiver<String> receiver = BatchReceiver.of(null, callbacks::add, told::add);
        receiver.deliver(0, 3, BatchReceiverTest::outcome);
        assertThat(callbacks).isEmpty();
        receiver.complete(() -> result);
        assertThat(told).as("not by whoever completes it").isEmpty();
        runCallbacks();
        assertThat(told).containsExactly(result);
    }

    /** Before it hears that the pool has ended. */
    @Test
    void anActorIsToldAtOnceUnlessAConsumerComesFirst() {
        BatchReceiver.<String>forActor(null, callbacks::add, told::add).complete(() -> result);
        assertThat(told).containsExactly(result);
        told.clear();
        BatchReceiver<String> receiver = BatchReceiver.forActor(consumer(), callbacks::add, told::add);
        receiver.deliver(0, 1, BatchReceiverTest::outcome);
        receiver.complete(() -> result);
        assertThat(told).isEmpty();
        runCallbacks();
        assertThat(told).containsExactly("a", result);
    }
}
