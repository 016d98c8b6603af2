package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.PoolExecutor;
import dev.workpool.examples.PoolAsExecutor.Offer;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shops that are asked on the workers of a pool. */
@Timeout(120)
class PoolAsExecutorTest extends PoolTest {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CyclicBarrier two = new CyclicBarrier(2);

    private Offer offer(int price) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        threads.add(Thread.currentThread());
        try {
            two.await(); // each waits for another that runs meanwhile
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        } finally {
            running.decrementAndGet();
        }
        return new Offer("shop " + price, price);
    }

    @Test
    void allShopsAreAskedTwoAtATime() throws Exception {
        List<Supplier<Offer>> shops = new ArrayList<>();
        for (int price : new int[] {50, 30, 70, 20, 90, 40}) {
            shops.add(() -> offer(price));
        }
        try (PoolExecutor executor = PoolExecutor.start(system, settings(2))) {
            assertThat(get(PoolAsExecutor.best(shops, executor))).isEqualTo(new Offer("shop 20", 20));
            assertThat(get(executor.stats()).accepted()).isEqualTo(6);
        }
        assertThat(most).hasValue(2);
        assertThat(threads).hasSize(2).doesNotContain(Thread.currentThread());
    }

    @Test
    void whatAShopThrowsIsWhyThereIsNoOffer() {
        List<Supplier<Offer>> shops = List.of(() -> new Offer("cheap", 1), () -> {
            throw new IllegalStateException("closed on Mondays");
        });
        try (PoolExecutor executor = PoolExecutor.start(system, settings(2))) {
            assertThatThrownBy(() -> get(PoolAsExecutor.best(shops, executor)))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("closed on Mondays");
        }
    }

    @Test
    void whereNobodyIsAskedAnyMoreTheCallerIsTold() {
        PoolExecutor executor = PoolExecutor.start(system, settings(2));
        executor.close();
        assertThatThrownBy(() -> PoolAsExecutor.best(List.of(() -> new Offer("late", 1)), executor))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> PoolAsExecutor.best(List.of(), executor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one or more");
    }
}
