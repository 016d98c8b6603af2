package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import java.util.concurrent.CountDownLatch;

/** Has the thread of the pools' actors run out of memory, or stand still. For a JVM of its own, with a small heap. */
public final class HungryActor {
    /** What becomes of the thread that pools share. */
    public enum Fault {
        /** It asks for more memory than there is. */
        TOO_LARGE,
        /** It finds no memory, and from then on nobody does. */
        NO_MEMORY,
        /** It does nothing more. */
        STANDS_STILL
    }

    private static final int LARGEST = 1 << 20;

    /** An array in an array in an array. */
    private static volatile Object[] held;

    private HungryActor() {}

    /** Returns at once. */
    public static void strike(ActorSystem<?> system, Fault fault) {
        system.systemActorOf(
                        Behaviors.<String>receiveMessage(message -> {
                            suffer(fault);
                            return Behaviors.same();
                        }),
                        "hungry",
                        DispatcherSelector.fromConfig("workpool.dispatchers.control"))
                .tell("now");
    }

    private static void suffer(Fault fault) throws InterruptedException {
        if (fault == Fault.STANDS_STILL) {
            new CountDownLatch(1).await();
        }
        if (fault == Fault.TOO_LARGE) {
            held = new Object[Integer.MAX_VALUE - 8];
        }
        throw eat();
    }

    private static OutOfMemoryError eat() {
        OutOfMemoryError last = null;
        for (int size = LARGEST; size >= 2; size /= 2) {
            try {
                while (true) {
                    Object[] next = new Object[size];
                    next[0] = held;
                    held = next;
                }
            } catch (OutOfMemoryError e) {
                last = e; // on with less
            }
        }
        return last;
    }
}
