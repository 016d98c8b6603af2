package dev.workpool.internal.worker;

/**
 * Restores the attributes of a worker's thread that jobs have changed: a name that would be wrong from then on, a class
 * loader that would never be released, a handler of others' uncaught exceptions. Used on that thread only.
 *
 * <p>Whether a thread is a daemon is fixed once it runs. Only the owners of its thread-local variables know which of
 * them must stay.
 */
final class ThreadAttributes {
    private final Thread thread;
    private final String name;
    private final int priority;
    private final ClassLoader classLoader;

    private ThreadAttributes(Thread thread) {
        this.thread = thread;
        this.name = thread.getName();
        this.priority = thread.getPriority();
        this.classLoader = thread.getContextClassLoader();
    }

    /** Those of the calling thread, which has not run any of users' code. */
    static ThreadAttributes ofCurrent() {
        return new ThreadAttributes(Thread.currentThread());
    }

    /**
     * Restores the attributes that have changed, as far as possible. Usually none has, which four comparisons tell.
     */
    void restore() {
        try {
            putBack();
        } catch (OutOfMemoryError | SecurityException e) {
            return; // what is left of it is a nuisance, and no reason to end a pool
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it
    private void putBack() {
        if (!thread.getName().equals(name)) {
            thread.setName(name);
        }
        if (thread.getPriority() != priority) {
            thread.setPriority(priority);
        }
        if (thread.getContextClassLoader() != classLoader) {
            thread.setContextClassLoader(classLoader);
        }
        WorkerThreads.forgetExceptionHandler(thread);
    }
}
