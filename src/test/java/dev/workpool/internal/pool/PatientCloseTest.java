package dev.workpool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PatientCloseTest {
    private static final WorkerPoolSettings SETTINGS = WorkerPoolSettings.create(ConfigFactory.load(), "p")
            .withCloseTimeout(Duration.ofMillis(1))
            .withCancelGrace(Duration.ofMillis(1));

    private final CountDownLatch gone = new CountDownLatch(1);
    private final List<String> done = new ArrayList<>();

    /** The pool is gone once so many things were done. */
    private PatientClose close(boolean timeIsMovedByHand, int enough) {
        if (enough == 0) {
            gone.countDown();
        }
        return new PatientClose(
                SETTINGS, timeIsMovedByHand, gone, how -> did(how.name(), enough), () -> did("give up", enough));
    }

    private void did(String what, int enough) {
        done.add(what);
        if (done.size() == enough) {
            gone.countDown();
        }
    }

    /** Its own timers see to everything. */
    @Test
    void aPoolInRealTimeIsWaitedForAndNothingElse() throws InterruptedException {
        close(false, 0).await();
        assertThat(done).isEmpty();
    }

    @Test
    void aPoolWhoseTimeStandsStillIsWaitedForAsWell() throws InterruptedException {
        close(true, 0).await();
        assertThat(done).isEmpty();
    }

    @Test
    void whatDoesNotEndInTimeIsGivenUpThenCancelledThenGivenUp() throws InterruptedException {
        close(true, 3).await();
        assertThat(done).containsExactly("give up", "ABORT", "give up");
    }

    @Test
    void whatEndsAsItIsCancelledIsNotGivenUp() throws InterruptedException {
        close(true, 2).await();
        assertThat(done).containsExactly("give up", "ABORT");
    }

    @Test
    void whoeverIsInterruptedCancelsAndWaits() throws InterruptedException {
        close(false, 1).cancel();
        assertThat(done).containsExactly("ABORT");
    }

    /** Settings are meant for the time that is moved by hand, and may say hours. */
    @Test
    void aFewSecondsOfRealTimeAreEnough() {
        assertThat(PatientClose.inRealTimeNs(Duration.ofHours(3))).isEqualTo(PatientClose.MOST.toNanos());
        assertThat(PatientClose.inRealTimeNs(PatientClose.MOST)).isEqualTo(PatientClose.MOST.toNanos());
        assertThat(PatientClose.inRealTimeNs(Duration.ofMillis(7))).isEqualTo(7_000_000);
        assertThat(close(true, 1).forThreads()).isZero();
        assertThat(close(false, 1).forThreads()).isEqualTo(SETTINGS.cancelGrace());
    }
}
