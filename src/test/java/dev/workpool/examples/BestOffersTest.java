package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Items whose sellers answer, or do not. */
class BestOffersTest extends PoolTest {
    @Test
    void theBestOfferOfEachItemCounts() throws Exception {
        BestOffers offers = new BestOffers(
                system,
                List.of("aa", "bbb"),
                each -> each.item().length() * each.seller().length());
        assertThat(get(offers.bestPrice("pen"))).isEqualTo(6);
        assertThat(get(offers.total(List.of("pen", "pencil")))).isEqualTo(18);
        offers.close();
    }

    @Test
    void anItemThatIsCancelledLeavesNoQuestionBehind() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch ended = new CountDownLatch(2);
        BestOffers offers = new BestOffers(system, List.of("a", "b"), each -> {
            asked.countDown();
            try {
                return Handlers.hang();
            } finally {
                ended.countDown();
            }
        });
        CompletableFuture<Integer> price = offers.bestPrice("pen");
        asked.await();
        price.cancel(true);
        ended.await(); // interrupted, though nobody waits for them
        assertThatThrownBy(() -> get(price)).isInstanceOf(CancellationException.class);
        offers.close();
    }
}
