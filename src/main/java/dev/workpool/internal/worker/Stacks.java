package dev.workpool.internal.worker;

/** Writes a thread's stack down for a log. */
final class Stacks {
    private Stacks() {}

    /** The thread's name and its stack at this moment, a frame a line. May take long. */
    static String text(Thread thread) {
        StringBuilder text = new StringBuilder("thread ").append(thread.getName());
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("\n\tat ").append(frame);
        }
        return text.toString();
    }
}
