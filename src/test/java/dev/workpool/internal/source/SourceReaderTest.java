package dev.workpool.internal.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.stream.StreamHarness;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceReaderTest {
    private final RequestQueue<Integer, String> requestQueue = new RequestQueue<>();
    private final StreamHarness.Stream stream = new StreamHarness.Stream(StreamOptions.ordered(), requestQueue);
    private final Window window = new Window(10, 1, TestHarness.NONE);

    /** What is done to the source, by one thread. */
    private final List<String> calls = new ArrayList<>();

    private final JobSource<Integer> source = new JobSource<>() {
        @Override
        public void pull(Sink<Integer> sink) {
            calls.add("pulled");
            throw new IllegalStateException("fails at once");
        }

        @Override
        public void close() {
            calls.add(Thread.currentThread().isInterrupted() ? "closed, interrupted" : "closed");
        }
    };

    private final SourceReader<Integer> sourceReader = new SourceReader<>(source, window, stream);
    private final Thread thread = new Thread(sourceReader);

    private void awaitWaiting() {
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private void awaitEnd() throws InterruptedException {
        thread.join(PoolTest.LONG.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    private List<Throwable> ends() {
        List<Throwable> problems = new ArrayList<>();
        for (Request<Integer, String> request = requestQueue.poll(); request != null; request = requestQueue.poll()) {
            problems.add(((StreamSubmission.End<Integer, String>) request).problem());
        }
        return problems;
    }

    @Test
    void aSourceIsLeftAloneUntilThePoolHasTheStream() throws InterruptedException {
        awaitWaiting();
        assertThat(requestQueue.poll())
                .as("its end would come before its beginning")
                .isNull();
        window.open();
        awaitEnd();
        assertThat(calls).containsExactly("pulled", "closed");
        assertThat(ends())
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessage("fails at once"));
        assertThat(stream.offer(1)).isFalse();
    }

    @Test
    void aSourceWhoseStreamIsRefusedIsOnlyClosed() throws InterruptedException {
        awaitWaiting();
        sourceReader.stop();
        awaitEnd();
        assertThat(calls).containsExactly("closed");
        assertThat(ends()).containsExactly((Throwable) null);
    }

    @Test
    void aStopBeforeItsThreadRunsIsNotMissed() throws InterruptedException {
        sourceReader.stop();
        thread.start();
        awaitEnd();
        sourceReader.stop();
        assertThat(calls).containsExactly("closed");
    }
}
