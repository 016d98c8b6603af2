package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.util.Steps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongWorkTest {
    private static final int OF_A_MESSAGE = 10;

    private final List<String> done = new ArrayList<>();
    private int asked;
    private final LongWork work = new LongWork(() -> asked++, OF_A_MESSAGE);

    /** Takes a step for each of so many things. */
    private LongWork.Task task(String name, int things) {
        int[] left = {things};
        return steps -> {
            while (left[0] > 0) {
                if (!steps.take(1)) {
                    return false;
                }
                left[0]--;
                done.add(name);
            }
            return true;
        };
    }

    private void nextMessage() {
        work.endMessage();
        work.goOn();
    }

    @Test
    void whatFitsIntoAMessageIsDoneAtOnce() {
        work.begin(task("a", OF_A_MESSAGE));
        assertThat(done).hasSize(OF_A_MESSAGE);
        assertThat(work.isEmpty()).isTrue();
        assertThat(asked).isZero();
    }

    @Test
    void theRestIsDoneWhenOthersHaveHadTheirTurn() {
        work.begin(task("a", 25));
        assertThat(done).hasSize(10);
        assertThat(asked).isEqualTo(1);
        nextMessage();
        assertThat(done).hasSize(20);
        assertThat(asked).isEqualTo(2);
        nextMessage();
        assertThat(done).hasSize(25);
        assertThat(work.isEmpty()).isTrue();
        assertThat(asked).as("there is nothing left to do").isEqualTo(2);
    }

    @Test
    void allThatIsBegunUponAMessageHasItsStepsAndIsAskedForOnce() {
        work.begin(task("a", 12));
        work.begin(task("b", 3));
        assertThat(done).as("nothing was left for another").hasSize(10).containsOnly("a");
        assertThat(asked).isEqualTo(1);
        nextMessage();
        assertThat(done.subList(10, 15)).containsExactly("a", "a", "b", "b", "b");
        assertThat(work.isEmpty()).isTrue();
    }

    /** Or one that takes long would hold up all that came after it. */
    @Test
    void tasksTakeTurns() {
        work.begin(task("a", 30));
        work.begin(task("b", 30));
        done.clear();
        nextMessage();
        assertThat(done).containsOnly("a");
        done.clear();
        nextMessage();
        assertThat(done).containsOnly("b");
        done.clear();
        nextMessage();
        assertThat(done).containsOnly("a");
    }

    @Test
    void askingMoreThanOnceIsAskingOnce() {
        work.ask();
        work.ask();
        assertThat(asked).isEqualTo(1);
        work.goOn();
        work.ask();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aTaskForEachIsBegunWhenTheOneBeforeItIsDone() {
        LongWork.Task each = LongWork.forEach(List.of("a", "b", "c").iterator(), 2, name -> task(name, 3));
        assertThat(each.goOn(new Steps(6))).isFalse();
        assertThat(done).containsExactly("a", "a", "a");
        assertThat(each.goOn(new Steps(3))).isFalse();
        assertThat(done).containsExactly("a", "a", "a", "b", "b", "b");
        assertThat(each.goOn(new Steps(9))).isTrue();
        assertThat(done).hasSize(9).endsWith("c", "c", "c");
    }

    @Test
    void nothingIsDoneForNoItems() {
        LongWork.Task none = LongWork.forEach(List.of().iterator(), 1, item -> {
            throw new AssertionError("there is none");
        });
        assertThat(none.goOn(new Steps(0))).isTrue();
        assertThat(LongWork.NOTHING.goOn(new Steps(0))).isTrue();
    }

    @Test
    void aTaskCanBeFinishedHoweverLongItTakes() {
        LongWork.finish(task("a", 3 * Steps.OF_A_MESSAGE + 1));
        assertThat(done).hasSize(3 * Steps.OF_A_MESSAGE + 1);
    }
}
