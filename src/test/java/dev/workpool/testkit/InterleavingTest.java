package dev.workpool.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The pool's four actors, in schedules that a seed decides: no order in which their messages are handled loses a job.
 * {@code -Dschedules=10000} runs so many, {@code -Dschedules.first=42} begins with another seed than 0.
 */
class InterleavingTest {
    private static final int SCHEDULES = Integer.getInteger("schedules", 300);
    private static final long FIRST = Long.getLong("schedules.first", 0);

    /** Each is run once more, which must not differ. */
    private static final int REPEATED = 3;

    private static final WorkerPoolTestKit KIT =
            WorkerPoolTestKit.create(TestKitOptions.defaults().withSeed(0));

    @AfterAll
    static void close() {
        KIT.close();
    }

    @Test
    void noOrderOfMessagesLosesAJob() {
        for (long seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            List<String> trace = run(seed);
            if (seed % REPEATED == 0) {
                List<String> again = run(seed);
                for (int line = 0; line < trace.size(); line++) {
                    assertThat(again.get(line))
                            .as("seed %d once more, line %d", seed, line)
                            .isEqualTo(trace.get(line));
                }
                assertThat(again).hasSameSizeAs(trace);
            }
        }
    }

    private static List<String> run(long seed) {
        try {
            return new Schedule(KIT, seed).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("-Dschedules=1 -Dschedules.first=" + seed + ": " + e.getMessage(), e);
        }
    }
}
