package dev.workpool.testkit;

import static dev.workpool.testkit.WorkerPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.WorkerPool;
import dev.workpool.testkit.WorkerPoolTestKit.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each test has a kit of its own, which is closed after it. */
class WorkerPoolTestKitExtensionTest {
    private static final List<WorkerPoolTestKit> SEEN = new ArrayList<>();

    @RegisterExtension
    static final WorkerPoolTestKitExtension KITS =
            WorkerPoolTestKitExtension.with(TestKitOptions.defaults().withMode(Mode.INLINE));

    private WorkerPool<Integer, Integer> pool;

    @BeforeEach
    void start(WorkerPoolTestKit kit) {
        pool = kit.start("pool", (Integer job) -> job + 1);
        SEEN.add(kit);
    }

    @Test
    void itIsTheSameForAllMethodsOfATest(WorkerPoolTestKit kit) {
        assertThat(pool.submit(1)).isCompletedWithValue(2);
        assertThat(kit).isSameAs(SEEN.get(SEEN.size() - 1));
        assertThat(pool).received(1).withAttempts(1);
    }

    @Test
    void anotherTestHasAnother() {
        assertThat(pool.submit(1)).isCompletedWithValue(2);
    }

    @AfterAll
    static void theyAreClosed() {
        assertThat(SEEN)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(kit -> kit.system().whenTerminated().isCompleted());
    }
}
