package dev.workpool.internal.akka;

/** Tells whether the calling thread is handling an actor's message, and so must not wait. */
public final class ActorThread {
    private static final String AKKA_RUNS_ACTORS = "akka.dispatch.Mailbox";

    private ActorThread() {}

    /** By its stack, since any dispatcher's thread may run an actor, and some of them run other things as well. */
    public static boolean isCurrent() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(AKKA_RUNS_ACTORS)));
    }
}
