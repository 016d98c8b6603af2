package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepsTest {

    @Test
    void whatIsBegunMayBeFinishedThoughItTakesMore() {
        Steps steps = new Steps(5);
        assertThat(steps.take(4)).isTrue();
        assertThat(steps.areLeft()).isTrue();
        assertThat(steps.take(4)).isTrue();
        assertThat(steps.areLeft()).isFalse();
        assertThat(steps.take(1)).isFalse();
    }

    @Test
    void whatIsUsedUpToTheLastIsUsedUp() {
        Steps steps = new Steps(4);
        assertThat(steps.take(4)).isTrue();
        assertThat(steps.areLeft()).isFalse();
        assertThat(steps.take(4)).isFalse();
        assertThat(new Steps(0).take(1)).isFalse();
    }

    /** Or work in bulk would be cut at another place than the same work one by one. */
    @Test
    void enoughIsAsMuchAsCouldBeTakenOneByOne() {
        for (int most = 0; most < 20; most++) {
            for (int each = 1; each < 7; each++) {
                Steps steps = new Steps(most);
                int enough = steps.enoughFor(each);
                int taken = 0;
                while (steps.take(each)) {
                    taken++;
                }
                assertThat(enough).as("%s steps, %s each", most, each).isEqualTo(taken);
                assertThat(steps.enoughFor(each)).isZero();
            }
        }
    }

    @Test
    void nothingIsEnoughOnceFarMoreWasUsed() {
        Steps steps = new Steps(1);
        assertThat(steps.take(100)).isTrue();
        assertThat(steps.enoughFor(3)).isZero();
    }

    @Test
    void thereAreAsManyAgain() {
        Steps steps = new Steps(5);
        assertThat(steps.take(5)).isTrue();
        Steps again = steps.again();
        assertThat(again.enoughFor(1)).isEqualTo(5);
        assertThat(steps.areLeft()).as("they are others").isFalse();
        steps.renew();
        assertThat(steps.enoughFor(1)).isEqualTo(5);
        assertThat(Steps.ofMessage().enoughFor(1)).isEqualTo(Steps.OF_A_MESSAGE);
    }
}
