package dev.workpool.internal.akka;

import dev.workpool.internal.util.Steps;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Does work in parts that takes an actor too long for one message. Between two parts the actor handles its other
 * messages, and the other actors of its thread have their turn. So the remaining work must be sound for anything that
 * comes in between. Confined to the actor's thread.
 */
public final class LongWork {

    /** Something that takes long. */
    @FunctionalInterface
    public interface Task {
        /**
         * Goes on with it.
         *
         * @param steps how much may be done
         * @return whether it is done; if so, this is not called again
         */
        boolean goOn(Steps steps);
    }

    /** What is done already. */
    public static final Task NOTHING = steps -> true;

    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private final Runnable again;

    /** What may be done upon the message that the actor is at. */
    private final Steps steps;

    private boolean asked;

    /**
     * Nothing to do yet.
     *
     * @param again has {@link #goOn} called when others have had their turn
     */
    public LongWork(Runnable again) {
        this(again, Steps.OF_A_MESSAGE);
    }

    /** With another number of steps for each message. */
    public LongWork(Runnable again, int stepsOfAMessage) {
        this.again = again;
        this.steps = new Steps(stepsOfAMessage);
    }

    /** What may be done upon the message that the actor is at. */
    public Steps steps() {
        return steps;
    }

    /** The actor is done with a message. */
    public void endMessage() {
        steps.renew();
    }

    /** Begins with a task at once, as far as the message allows, and goes on with it later. */
    public void begin(Task task) {
        if (!task.goOn(steps)) {
            tasks.addLast(task);
            ask();
        }
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Goes on with what there is to do, each task in turn. For the actor, when its time has come. */
    public void goOn() {
        asked = false;
        for (int i = tasks.size(); i > 0 && steps.areLeft(); i--) {
            Task task = tasks.removeFirst();
            if (!task.goOn(steps)) {
                tasks.addLast(task);
            }
        }
        if (!tasks.isEmpty()) {
            ask();
        }
    }

    /** Has the actor go on, when others have had their turn; for what is no task. */
    public void ask() {
        if (!asked) {
            asked = true;
            again.run();
        }
    }

    /** Does a task at once, however long it takes. */
    public static void finish(Task task) {
        boolean done = false;
        while (!done) {
            done = task.goOn(Steps.ofMessage());
        }
    }

    /**
     * Several tasks, one after another.
     *
     * @param items what there is a task for each
     * @param stepsEach what it takes to begin one
     * @param beginning begins one, which need not be done then
     * @param <T> type of the items
     */
    public static <T> Task forEach(Iterator<T> items, int stepsEach, Function<? super T, Task> beginning) {
        return new Task() {
            private Task current = NOTHING;

            @Override
            public boolean goOn(Steps steps) {
                while (current.goOn(steps)) {
                    current = NOTHING;
                    if (!items.hasNext()) {
                        return true;
                    }
                    if (!steps.take(stepsEach)) {
                        return false;
                    }
                    current = beginning.apply(items.next());
                }
                return false;
            }
        };
    }
}
