package dev.workpool.fuzz;

import akka.actor.typed.ActorRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** An actor that takes replies to one command, of which there should be one. */
final class Sink<T> {
    private final CompletableFuture<T> first = new CompletableFuture<>();
    private final AtomicInteger count = new AtomicInteger();
    private ActorRef<T> ref;

    void onReply(T reply) {
        count.incrementAndGet();
        first.complete(reply);
    }

    void setRef(ActorRef<T> ref) {
        this.ref = ref;
    }

    ActorRef<T> ref() {
        return ref;
    }

    CompletableFuture<T> first() {
        return first;
    }

    int count() {
        return count.get();
    }
}
