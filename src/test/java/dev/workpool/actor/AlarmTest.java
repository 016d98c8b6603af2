package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.javadsl.TimerScheduler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private static final long MS = 1_000_000;

    private long nowNs = -7 * MS;

    /** The delays of the timers that were set, one in the place of the other. */
    private final List<Duration> set = new ArrayList<>();

    private final Alarm alarm = new Alarm(timers(), "wake up", () -> nowNs);

    @SuppressWarnings("unchecked") // of the only type that there is
    private TimerScheduler<Object> timers() {
        return (TimerScheduler<Object>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TimerScheduler.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("startSingleTimer");
                    assertThat(arguments[0]).isEqualTo("wake up");
                    set.add((Duration) arguments[1]);
                    return null;
                });
    }

    @Test
    void onlyWhatIsEarlierSetsTheTimerAgain() {
        alarm.atLatest(Alarm.NEVER);
        assertThat(set).isEmpty();
        alarm.atLatest(nowNs + 50 * MS);
        alarm.atLatest(nowNs + 50 * MS);
        alarm.atLatest(nowNs + 60 * MS);
        alarm.atLatest(nowNs + 20 * MS);
        assertThat(set).containsExactly(Duration.ofMillis(50), Duration.ofMillis(20));
        alarm.fired();
        alarm.atLatest(nowNs + 60 * MS);
        assertThat(set).last().isEqualTo(Duration.ofMillis(60));
    }

    @Test
    void aDelayIsRoundedUpToWhatASchedulerCanCount() {
        alarm.atLatest(nowNs + 3 * MS + 1);
        assertThat(set).containsExactly(Duration.ofMillis(4));
    }

    @Test
    void whatIsOverdueIsDueNow() {
        alarm.atLatest(nowNs - 50 * MS);
        assertThat(set).containsExactly(Duration.ZERO);
    }

    @Test
    void afterTheLongestDelayTheActorLooksAgain() {
        alarm.atLatest(nowNs + Duration.ofDays(300).toNanos());
        assertThat(set).containsExactly(Duration.ofHours(1));
    }
}
