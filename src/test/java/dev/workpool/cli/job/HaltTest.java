package dev.workpool.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HaltTest {

    @ParameterizedTest
    @CsvSource({
        // condition, succeeded, failed, timed out, total, reached
        "'never', 9, 9, 9, 27, false",
        "'now,fail=2', 9, 1, 0, -1, false",
        "'now,fail=2', 9, 1, 1, -1, true",
        "'soon,success=3', 2, 5, 0, 10, false",
        "'soon,success=3', 3, 0, 0, 10, true",
        "'now,done=4', 2, 1, 0, 10, false",
        "'now,done=4', 2, 1, 1, 10, true",
        // of the whole, where that is known
        "'now,fail=50%', 0, 4, 0, 10, false",
        "'now,fail=50%', 0, 5, 0, 10, true",
        "'now,done=30%', 2, 0, 0, 10, false",
        "'now,done=30%', 3, 0, 0, 10, true",
        "'now,success=0.07%', 6, 0, 0, 10000, false",
        "'now,success=0.07%', 7, 0, 0, 10000, true",
        // at least three have ended
        "'now,fail=10%', 1, 1, 0, 10, false",
        "'now,fail=10%', 2, 1, 0, 10, true",
        "'now,fail=100%', 0, 2, 0, 2, false",
        // unknown: failures are compared with what has ended, the rest waits
        "'soon,fail=50%', 2, 1, 0, -1, false",
        "'soon,fail=50%', 2, 1, 1, -1, true",
        "'soon,done=1%', 50, 50, 0, -1, false",
        "'soon,success=1%', 50, 50, 0, -1, false",
    })
    void itIsReached(String condition, int succeeded, int failed, int timedOut, long total, boolean reached) {
        assertThat(Halt.parse(condition).isReached(tally(succeeded, failed, timedOut), total))
                .isEqualTo(reached);
    }

    @Test
    void whetherThatIsSuccessDependsOnWhatWasWaitedFor() {
        assertThat(Halt.parse("now,success=1").isSuccess(tally(1, 5, 0))).isTrue();
        assertThat(Halt.parse("now,fail=1").isSuccess(tally(5, 1, 0))).isFalse();
        assertThat(Halt.parse("now,done=5").isSuccess(tally(5, 0, 0))).isTrue();
        assertThat(Halt.parse("now,done=5").isSuccess(tally(4, 0, 1))).isFalse();
    }

    private static Tally tally(int succeeded, int failed, int timedOut) {
        Tally tally = new Tally();
        add(tally, Ending.Kind.SUCCEEDED, succeeded);
        add(tally, Ending.Kind.FAILED, failed);
        add(tally, Ending.Kind.TIMED_OUT, timedOut);
        return tally;
    }

    private static void add(Tally tally, Ending.Kind kind, int times) {
        for (int i = 0; i < times; i++) {
            tally.add(kind);
        }
    }
}
