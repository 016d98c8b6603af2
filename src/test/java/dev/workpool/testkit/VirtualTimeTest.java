package dev.workpool.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Timers go off at their time, and those of the same time in the order in which they were set. */
class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> fired = new ArrayList<>();

    private VirtualTime.CancelTimer set(long delayNs, String name) {
        return time.set(delayNs, () -> fired.add(name));
    }

    private boolean next(long latestNs) {
        List<Runnable> due = time.next(latestNs);
        due.forEach(Runnable::run);
        return !due.isEmpty();
    }

    @Test
    void timersGoOffInOrder() {
        set(20, "c");
        set(10, "a");
        set(10, "b");
        set(-5, "at once");
        assertThat(next(100)).isTrue();
        assertThat(time.nowNs()).isZero();
        assertThat(fired).containsExactly("at once");
        assertThat(next(100)).isTrue();
        assertThat(time.nowNs()).isEqualTo(10);
        assertThat(fired).containsExactly("at once", "a", "b");
        assertThat(next(19)).isFalse();
        assertThat(time.nowNs()).isEqualTo(10);
        assertThat(next(20)).isTrue();
        assertThat(fired).endsWith("c");
        assertThat(next(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void aTimerThatIsCancelledDoesNotGoOff() {
        VirtualTime.CancelTimer timer = set(10, "a");
        assertThat(timer.cancel()).isTrue();
        assertThat(timer.cancel()).isFalse();
        assertThat(next(Long.MAX_VALUE)).isFalse();
        assertThat(fired).isEmpty();
    }

    @Test
    void aDelayMayBeLongerThanTimeGoes() {
        time.moveTo(1_000);
        set(Long.MAX_VALUE, "never");
        assertThat(next(Long.MAX_VALUE - 1)).isFalse();
        time.moveTo(10);
        assertThat(time.nowNs()).isEqualTo(1_000);
    }
}
