package dev.workpool.internal.akka;

import akka.actor.typed.Behavior;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.internal.util.OutOfMemory;
import dev.workpool.internal.util.SingleThreadExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Maps each type of message to the actor's handler for it, in the order of the cases. Akka's own builder does the same,
 * but its result makes an object for each message, which was a fifth of all that the control actors allocated.
 *
 * <p>A fatal error, such as an {@link OutOfMemoryError}, fails the actor as any other exception does. Akka would have it
 * go on with the next message, with a state that has changed in part.
 *
 * @param <T> type of the messages
 */
public final class ReceiveTable<T> extends Receive<T> {
    private record Case<T>(Class<?> type, Function<Object, Behavior<T>> handler) {}

    /** Made in advance. */
    private static final class FatalError extends RuntimeException {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("StaticAssignmentOfThrowable") // for when none can be made
        static final FatalError WITHOUT_MEMORY = new FatalError();

        private FatalError() {
            super("an actor of a pool has had a fatal error; there is no memory to say more", null, false, false);
        }
    }

    static {
        OutOfMemory.prepareFor(FatalError.WITHOUT_MEMORY);
    }

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
        try {
            for (int i = 0; i < cases.size(); i++) {
                if (cases.get(i).type.isInstance(message)) {
                    return cases.get(i).handler.apply(message);
                }
            }
            return Behaviors.unhandled();
        } catch (VirtualMachineError | LinkageError e) {
            if (!SingleThreadExecutor.tellFatal(e)) {
                throw e; // to Akka
            }
            throw failure(e);
        }
    }

    private static RuntimeException failure(Error error) {
        try {
            return new IllegalStateException("an actor of a pool has had a fatal error: " + error, error);
        } catch (OutOfMemoryError e) {
            return FatalError.WITHOUT_MEMORY;
        }
    }
}
