package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.internal.util.SingleThreadExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    /** Akka would have it go on with what has changed in part. */
    @Test
    void aFatalErrorFailsTheActorWhereSomebodyHearsOfIt() throws Exception {
        ReceiveTable<Object> failing = new ReceiveTable<>().onMessage(Error.class, error -> {
            throw error;
        });
        SingleThreadExecutor executor = new SingleThreadExecutor(Thread::new);
        List<Throwable> heard = new CopyOnWriteArrayList<>();
        Error fatal = new OutOfMemoryError("a test's");
        assertThatThrownBy(() -> failing.receiveMessage(fatal)).isSameAs(fatal);
        executor.submit(() -> executor.onFatalError((thread, error) -> heard.add(error)))
                .get();
        assertThatThrownBy(() ->
                        executor.submit(() -> failing.receiveMessage(fatal)).get())
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasCause(fatal);
        Error other = new AssertionError("a test's");
        assertThatThrownBy(() ->
                        executor.submit(() -> failing.receiveMessage(other)).get())
                .hasCause(other);
        assertThat(heard).containsExactly(fatal);
        executor.shutdown();
    }

    @Test
    void signalsHaveCasesOfTheirOwn() {
        assertThat(receiveTable.receiveSignal(PostStop.instance())).isEqualTo(Behaviors.same());
        assertThat(calls).containsExactly("stopped");
    }
}
