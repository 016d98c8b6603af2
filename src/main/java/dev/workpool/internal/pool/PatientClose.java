package dev.workpool.internal.pool;

import dev.workpool.internal.request.Request;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Decides how long {@code close()} waits for a pool. Used on the thread that closes it.
 *
 * <p>Usually the pool's own timers bound that. If a test moves the pool's time by hand, nobody moves it while this
 * thread waits. Then jobs that wait for time to pass are cancelled, and the thread itself ends the rest in real time.
 * For one period running jobs may end, and handlers that were told to stop may react. After it these handlers are
 * abandoned and the remaining jobs are told to stop; after another period those are abandoned too. A period is as long
 * as the settings say, but a few seconds at most: settings are meant for the test's time, and may say hours.
 */
final class PatientClose {
    /** The longest period, in real time. */
    static final Duration MOST = Duration.ofSeconds(5);

    private final WorkerPoolSettings settings;
    private final boolean timeIsMovedByHand;
    private final CountDownLatch gone;
    private final Consumer<Request.End.How> end;
    private final Runnable giveUp;

    /**
     * Not begun.
     *
     * @param settings of the pool
     * @param timeIsMovedByHand whether its time is not real time
     * @param gone opens when the pool is gone
     * @param end asks the pool to end
     * @param giveUp has the pool give up the handlers that were told to stop
     */
    PatientClose(
            WorkerPoolSettings settings,
            boolean timeIsMovedByHand,
            CountDownLatch gone,
            Consumer<Request.End.How> end,
            Runnable giveUp) {
        this.settings = settings;
        this.timeIsMovedByHand = timeIsMovedByHand;
        this.gone = gone;
        this.end = end;
        this.giveUp = giveUp;
    }

    /** Waits for the end of the pool, which has been told to close. */
    void await() throws InterruptedException {
        if (!timeIsMovedByHand) {
            gone.await();
        } else if (!gone.await(inRealTimeNs(settings.closeTimeout()), TimeUnit.NANOSECONDS)) {
            giveUp.run();
            cancel();
        }
    }

    /** Cancels the remaining jobs, and waits for the end. */
    void cancel() throws InterruptedException {
        end.accept(Request.End.How.ABORT);
        if (timeIsMovedByHand && !gone.await(inRealTimeNs(settings.cancelGrace()), TimeUnit.NANOSECONDS)) {
            giveUp.run();
        }
        gone.await();
    }

    /** How long it may take threads to end that were all told to. */
    Duration forThreads() {
        return timeIsMovedByHand ? Duration.ZERO : settings.cancelGrace();
    }

    static long inRealTimeNs(Duration setting) {
        return setting.compareTo(MOST) < 0 ? setting.toNanos() : MOST.toNanos();
    }
}
