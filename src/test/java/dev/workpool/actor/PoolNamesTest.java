package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PoolNamesTest {
    private static final ActorTestKit KIT = ActorTestKit.create("pool-names");

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
        names.take("once");
        assertThatThrownBy(() -> names.take("once"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name of a pool = 'once'")
                .hasMessageContaining("allowed:");
    }

    @Test
    void aNameThatWasGivenBackMayBeTakenAgainForAnotherActor() {
        String first = names.take("again");
        names.giveBack("again");
        String second = names.take("again");
        assertThat(first).startsWith("workpool-again-");
        assertThat(second).startsWith("workpool-again-").isNotEqualTo(first);
    }

    @Test
    void anotherSystemHasNamesOfItsOwn() {
        names.take("shared");
        ActorTestKit other = ActorTestKit.create("other-system");
        try {
            assertThat(PoolNames.of(other.system()).take("shared")).isNotNull();
        } finally {
            other.shutdownTestKit();
        }
    }
}
