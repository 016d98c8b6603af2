package dev.workpool.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ArrivalQueueTest {
    private final ArrivalQueue<Integer> queue = ArrivalQueue.unbounded();

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
            queue.add(i, 1);
        }
        assertThat(claimAll(queue)).containsExactly(0, 1, 2, 3, 4);
        assertThat(queue.takeAll()).isNull();
        queue.add(5, 1);
        assertThat(claimAll(queue)).containsExactly(5);
    }

    @Test
    void whatWasClaimedByWhoeverBroughtItIsNothingToAnybodyElse() {
        queue.add(0, 1);
        ArrivalQueue.Arrival<Integer> second = queue.add(1, 1);
        queue.add(2, 1);
        assertThat(second.claim()).isEqualTo(1);
        assertThat(second.claim()).isNull();
        assertThat(claimAll(queue)).containsExactly(0, null, 2);
    }

    @Test
    void holdsAsManyJobsAsItMay() {
        ArrivalQueue<Integer> bounded = ArrivalQueue.bounded(3, 0);
        assertThat(bounded.add(0, 2)).isNotNull();
        assertThat(bounded.add(1, 2)).isNull();
        assertThat(bounded.room()).isEqualTo(1);
        assertThat(bounded.add(2, 0)).as("brings no job").isNotNull();
        assertThat(bounded.reserve(1)).isTrue();
        assertThat(bounded.add(3, 1)).isNull();
        assertThat(claimAll(bounded)).containsExactly(0, 2, null);
        assertThat(bounded.add(4, 1)).as("room is made by the limit alone").isNull();
        bounded.limit(5, 5);
        assertThat(bounded.add(5, 2)).isNotNull();
        bounded.limit(4, 4);
        assertThat(bounded.room()).isEqualTo(-1);
        assertThat(bounded.add(6, 0)).isNotNull();
        assertThat(claimAll(bounded)).containsExactly(5, 6);
        assertThat(bounded.isEmpty()).isTrue();
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
                    queue.add(first + i, 1);
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

    @Test
    void whatTheIdleWouldTakeAtOnceIsWithheldUntilThatIsHeard() {
        ArrivalQueue<Integer> bounded = ArrivalQueue.bounded(1, 2);
        assertThat(bounded.room()).isEqualTo(3);
        bounded.withhold();
        bounded.withhold();
        assertThat(bounded.add(1, 1)).isNotNull();
        assertThat(bounded.add(2, 1)).as("there is one place").isNull();
        assertThat(bounded.reserve(1)).isFalse();
        bounded.heard();
        bounded.limit(3, 1);
        assertThat(bounded.add(3, 1)).as("the other is not heard yet").isNull();
        bounded.heard();
        assertThat(bounded.add(4, 2)).isNotNull();
        assertThat(bounded.room()).isZero();
    }
}
