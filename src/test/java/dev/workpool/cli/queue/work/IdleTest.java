package dev.workpool.cli.queue.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.WorkStats;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a worker says that has nothing to run. */
class IdleTest {
    private static final WorkStats WORK = new WorkStats(7, 4, 2, 1, 0, 0, 0, 3, 0, 0, 0);

    private final Idle idle = new Idle();

    private static QueueStats queue(boolean paused, long waiting, long scheduled, long claimed) {
        return new QueueStats(paused, waiting, scheduled, claimed, Duration.ZERO, 0);
    }

    private void begin(QueueStats queue) {
        idle.begin(queue, WORK);
    }

    @Test
    void itSaysWhatIsWaitedFor() {
        assertThat(idle.get()).contains("looking for jobs");
        begin(queue(false, 0, 0, 0));
        assertThat(idle.get()).contains("waiting for jobs; 7 done, 3 failed");
        begin(queue(false, 0, 2, 0));
        assertThat(idle.get()).contains("waiting: 2 not due yet; 7 done, 3 failed");
        begin(queue(false, 0, 2, 1));
        assertThat(idle.get()).contains("waiting: 1 held by others, 2 not due yet; 7 done, 3 failed");
        begin(queue(true, 5, 0, 0));
        assertThat(idle.get()).contains("the queue is paused; 7 done, 3 failed");
        begin(queue(false, 5, 0, 0));
        assertThat(idle.get()).isEmpty();
    }

    @Test
    void whoeverRunsSomethingDoesNotWait() {
        begin(queue(false, 0, 0, 0));
        idle.end();
        assertThat(idle.get()).isEmpty();
    }
}
