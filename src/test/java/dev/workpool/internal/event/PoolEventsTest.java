package dev.workpool.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolEventsTest {
    private final List<String> told = new ArrayList<>();

    private final PoolObserver observer = new PoolObserver() {
        @Override
        public void onStart(String pool, int workers) {
            told.add("start " + workers);
        }

        @Override
        public void onEnd(PoolSnapshot last) {
            told.add("end");
        }
    };

    private final PoolEvents events =
            new PoolEvents("p", List.of(observer), Runnable::run, () -> 0, (who, thrown) -> {});
    private final PoolSnapshot last = new PoolGauges(1, 1, () -> 0).snapshot("p", 0, 1);

    @Test
    void startAndEndAreToldOnce() {
        events.started(2);
        events.ended(last);
        events.ended(last);
        assertThat(told).containsExactly("start 2", "end");
    }

    @Test
    void ofAPoolThatTheSystemsEndKeepsFromStartingNothingIsTold() {
        events.ended(last);
        events.started(2);
        events.ended(last);
        assertThat(told).isEmpty();
    }
}
