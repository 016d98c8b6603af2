package dev.workpool.internal.akka;

import akka.actor.typed.Behavior;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Maps each type of message to the actor's handler for it, in the order of the cases. Akka's own builder does the same,
 * but its result makes an object for each message, which was a fifth of all that the control actors allocated.
 *
 * @param <T> type of the messages
 */
public final class ReceiveTable<T> extends Receive<T> {
    private record Case<T>(Class<?> type, Function<Object, Behavior<T>> handler) {}

    private final List<Case<T>> messages = new ArrayList<>();
    private final List<Case<T>> signals = new ArrayList<>();

    public <M extends T> ReceiveTable<T> onMessage(Class<M> type, Function<M, Behavior<T>> handler) {
        messages.add(new Case<>(type, message -> handler.apply(type.cast(message))));
        return this;
    }

    public <S extends Signal> ReceiveTable<T> onSignal(Class<S> type, Function<S, Behavior<T>> handler) {
        signals.add(new Case<>(type, signal -> handler.apply(type.cast(signal))));
        return this;
    }

    @Override
    public Behavior<T> receiveMessage(T message) {
        return receive(messages, message);
    }

    @Override
    public Behavior<T> receiveSignal(Signal signal) {
        return receive(signals, signal);
    }

    private static <T> Behavior<T> receive(List<Case<T>> cases, Object message) {
        for (int i = 0; i < cases.size(); i++) {
            if (cases.get(i).type.isInstance(message)) {
                return cases.get(i).handler.apply(message);
            }
        }
        return Behaviors.unhandled();
    }
}
