package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiveTableTest {
    private final List<String> calls = new ArrayList<>();

    private final ReceiveTable<Object> receiveTable = new ReceiveTable<>()
            .onMessage(Integer.class, number -> handled("integer " + number))
            .onMessage(Number.class, number -> handled("number " + number))
            .onSignal(PostStop.class, signal -> handled("stopped"));

    private Behavior<Object> handled(String call) {
        calls.add(call);
        return Behaviors.same();
    }

    @Test
    void theFirstCaseThatFitsHandlesAMessage() {
        assertThat(receiveTable.receiveMessage(1)).isEqualTo(Behaviors.same());
        assertThat(receiveTable.receiveMessage(2L)).isEqualTo(Behaviors.same());
        assertThat(calls).containsExactly("integer 1", "number 2");
    }

    @Test
    void whatNoCaseFitsIsUnhandled() {
        assertThat(receiveTable.receiveMessage("text")).isEqualTo(Behaviors.unhandled());
        assertThat(receiveTable.receiveSignal(PreRestart.instance())).isEqualTo(Behaviors.unhandled());
        assertThat(calls).isEmpty();
    }

    @Test
    void signalsHaveCasesOfTheirOwn() {
        assertThat(receiveTable.receiveSignal(PostStop.instance())).isEqualTo(Behaviors.same());
        assertThat(calls).containsExactly("stopped");
    }
}
