package dev.workpool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.workpool.support.PoolTest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PoolNamesTest {
    private static final ActorTestKit KIT = ActorTestKit.create("pool-names");

    private static void nothing() {}

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private final PoolNames names = PoolNames.of(KIT.system());

    @Test
    void thereIsOneListForASystem() {
        assertThat(PoolNames.of(KIT.system())).isSameAs(names);
    }

    @Test
    void aNameIsTakenOnce() {
        names.take("once", PoolNamesTest::nothing);
        assertThatThrownBy(() -> names.take("once", PoolNamesTest::nothing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name of a pool = 'once'")
                .hasMessageContaining("allowed:");
    }

    @Test
    void aNameThatWasGivenBackMayBeTakenAgainForAnotherActor() {
        String first = names.take("again", PoolNamesTest::nothing);
        names.giveBack("again");
        String second = names.take("again", PoolNamesTest::nothing);
        assertThat(first).startsWith("workpool-again-");
        assertThat(second).startsWith("workpool-again-").isNotEqualTo(first);
    }

    @Test
    void anotherSystemHasNamesOfItsOwn() {
        names.take("shared", PoolNamesTest::nothing);
        ActorTestKit other = ActorTestKit.create("other-system");
        try {
            assertThat(PoolNames.of(other.system()).take("shared", PoolNamesTest::nothing))
                    .isNotNull();
        } finally {
            other.shutdownTestKit();
        }
    }

    @Test
    void whoeverHasANameHearsOfTheSystemsEndOnce() throws Exception {
        ActorTestKit ending = ActorTestKit.create("ending-system");
        PoolNames names = PoolNames.of(ending.system());
        Queue<String> told = new ConcurrentLinkedQueue<>();
        names.take("gone before", () -> told.add("gone before"));
        names.giveBack("gone before");
        names.take("there", () -> told.add("there"));
        ending.shutdownTestKit();
        await().atMost(PoolTest.LONG).until(() -> !told.isEmpty());
        names.take("late", () -> told.add("late"));
        assertThat(told).containsExactly("there", "late");
    }
}
