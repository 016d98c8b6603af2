package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.util.TimerQueue;
import dev.workpool.support.CapturedLog;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class AbandonmentsTest {
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final Abandonments abandonments = new Abandonments("p", callbacks::add);

    private void runCallbacks() {
        while (!callbacks.isEmpty()) {
            callbacks.remove().run();
        }
    }

    @Test
    void theFirstIsToldWithWhatItsHandlerDoes() {
        try (CapturedLog log = CapturedLog.of(Abandonments.class.getName())) {
            abandonments.add(() -> "It hangs.", true, 0);
            assertThat(log.messages()).as("writing may block").isEmpty();
            runCallbacks();
            assertThat(log.messages())
                    .containsExactly(
                            "Pool 'p': a handler that was told to stop did not stop in time; its job is settled"
                                    + " without it and its worker replaced. It hangs.");
        }
    }

    @Test
    void thoseThatAreNotReplacedAreToldApart() {
        try (CapturedLog log = CapturedLog.of(Abandonments.class.getName())) {
            abandonments.add(() -> "One hangs.", true, 0);
            abandonments.add(() -> "The other hangs.", false, 0);
            runCallbacks();
            assertThat(log.messages()).hasSize(2);
            assertThat(log.messages().get(1))
                    .contains("its worker not replaced, since as many are as max-abandoned allows")
                    .endsWith("The other hangs.");
        }
    }

    @Test
    void manyAreCountedInOneLineWithASample() {
        try (CapturedLog log = CapturedLog.of(Abandonments.class.getName())) {
            for (int i = 0; i < 100; i++) {
                abandonments.add(() -> "It hangs.", true, 0);
            }
            runCallbacks();
            int atOnce = log.messages().size();
            assertThat(abandonments.nextDueNs()).isNotEqualTo(TimerQueue.NEVER);
            abandonments.look(abandonments.nextDueNs());
            runCallbacks();
            assertThat(log.messages()).hasSize(atOnce + 1);
            assertThat(log.messages().get(atOnce))
                    .startsWith(
                            "Pool 'p': " + (100 - atOnce) + " handlers that were told to stop did not stop in time;")
                    .endsWith("One of them: It hangs.");
        }
    }

    @Test
    void whatIsLeftIsToldWhenThePoolIsGone() {
        try (CapturedLog log = CapturedLog.of(Abandonments.class.getName())) {
            abandonments.add(() -> "It hangs.", true, 0);
            abandonments.add(() -> "It hangs.", true, 1);
            runCallbacks();
            int before = log.messages().size();
            abandonments.end(2);
            runCallbacks();
            assertThat(log.messages()).hasSize(before + 1);
        }
    }
}
