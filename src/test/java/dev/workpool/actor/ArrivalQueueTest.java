package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ArrivalQueueTest {
    private final ArrivalQueue<Integer> queue = new ArrivalQueue<>();

    private static List<Integer> claimAll(ArrivalQueue<Integer> queue) {
        List<Integer> items = new ArrayList<>();
        ArrivalQueue.Arrival<Integer> arrival = queue.takeAll();
        while (arrival != null) {
            items.add(arrival.claim());
            arrival = arrival.next();
        }
        return items;
    }

    @Test
    void givesOutWhatCameInTheOrderInWhichItCame() {
        assertThat(queue.takeAll()).isNull();
        for (int i = 0; i < 5; i++) {
            queue.add(i);
        }
        assertThat(claimAll(queue)).containsExactly(0, 1, 2, 3, 4);
        assertThat(queue.takeAll()).isNull();
        queue.add(5);
        assertThat(claimAll(queue)).containsExactly(5);
    }

    @Test
    void whatWasClaimedByWhoeverBroughtItIsNothingToAnybodyElse() {
        queue.add(0);
        ArrivalQueue.Arrival<Integer> second = queue.add(1);
        queue.add(2);
        assertThat(second.claim()).isEqualTo(1);
        assertThat(second.claim()).isNull();
        assertThat(claimAll(queue)).containsExactly(0, null, 2);
    }

    /** Each thread's in its order, none lost, none twice. */
    @Test
    @Timeout(60)
    void holdsWhatManyThreadsBringAtOnce() throws InterruptedException {
        int threads = 3;
        int each = 20_000 * Integer.getInteger("stress.scale", 1);
        AtomicInteger running = new AtomicInteger(threads);
        List<Thread> adding = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    queue.add(first + i);
                }
                running.decrementAndGet();
            });
            adding.add(thread);
            thread.start();
        }
        int[] next = {0, each, 2 * each};
        boolean over = false;
        while (!over) {
            over = running.get() == 0; // what came before is taken once more
            for (int item : claimAll(queue)) {
                assertThat(item).isEqualTo(next[item / each]++);
            }
        }
        for (Thread thread : adding) {
            thread.join();
        }
        assertThat(next).containsExactly(each, 2 * each, 3 * each);
    }
}
