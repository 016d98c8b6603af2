package dev.workpool.testkit;

import static dev.workpool.testkit.WorkerPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.Batch;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchAssertTest {
    @Test
    void whatDoesNotHoldShowsWhichJobsHaveNotSucceeded() {
        try (WorkerPoolTestKit kit = WorkerPoolTestKit.create()) {
            Script<Integer, Integer> script =
                    Script.of((Integer job) -> job).on(1).failsWith(new IOException("disk"));
            Batch<Integer> batch = kit.start("pool", script).submitAll(List.of(0, 1, 2));
            assertThatThrownBy(() -> assertThat(batch).hasSucceeded(3))
                    .as("as long as it is not complete, only the counts are known")
                    .isInstanceOf(AssertionError.class)
                    .hasMessageNotContaining("job 1");
            kit.drain();
            assertThat(batch).isComplete().hasSucceeded(2).hasFailed(1);
            assertThatThrownBy(() -> assertThat(batch).hasSucceeded(3))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("3 jobs succeeded, but it has 2")
                    .hasMessageContaining("job 1: Failed")
                    .hasMessageContaining("java.io.IOException: disk")
                    .hasMessageNotContaining("job 2");
        }
    }
}
