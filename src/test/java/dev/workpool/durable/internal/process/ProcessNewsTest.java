package dev.workpool.durable.internal.process;

import static org.awaitility.Awaitility.await;

import dev.workpool.support.PoolTest;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What processes tell each other, where the operating system says that files have changed, and where it does not. */
@Timeout(60)
class ProcessNewsTest {
    @TempDir
    private Path directory;

    private static ProcessNews.Listener into(Queue<String> heard) {
        return new ProcessNews.Listener() {
            @Override
            public void heard(String what) {
                heard.add(what);
            }

            @Override
            public void died(Set<String> names, Runnable forget) {}
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneThatComesHasTheOthersLookSinceItHasToldThemNothingBefore(boolean isTold) throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        try (ProcessFiles first = new ProcessFiles(directory.resolve("p"), "a");
                ProcessFiles second = new ProcessFiles(directory.resolve("p"), "b")) {
            first.join();
            try (ProcessNews news = new ProcessNews(first, timer, into(heard), isTold)) {
                news.tell("nobody hears it");
                second.join();
                second.living(); // as in the transaction that opens a store
                await().atMost(PoolTest.LONG).until(() -> heard.contains(ProcessNews.ANYTHING));
                heard.clear();
                try (ProcessNews others = new ProcessNews(second, timer, into(new ConcurrentLinkedQueue<>()), isTold)) {
                    await().atMost(PoolTest.LONG).until(() -> heard.contains(ProcessNews.ANYTHING));
                    others.tell("q1");
                    await().atMost(PoolTest.LONG).until(() -> heard.contains("q1"));
                }
            }
        } finally {
            timer.shutdownNow();
        }
    }
}
