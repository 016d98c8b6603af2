package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.WorkerPool;
import dev.workpool.support.PoolTest;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** More requests at once than a pool takes upon one message. */
class FloodOfRequestsTest extends PoolTest {
    private static final int JOBS = 60_000;

    @Test
    void eachIsTakenAlthoughNobodyAsksAgain() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job)) {
            CompletableFuture<?>[] jobs = jobs(JOBS).stream().map(pool::submit).toArray(CompletableFuture[]::new);
            get(CompletableFuture.allOf(jobs));
            assertThat(get(pool.stats()).succeeded()).isEqualTo(JOBS);
        }
    }
}
