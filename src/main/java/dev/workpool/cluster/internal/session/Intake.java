package dev.workpool.cluster.internal.session;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds by the heap what the sessions of a process take in from other nodes, so that no node can fill the memory of another. The settings of a
 * pool may allow more: then this is less. Thread-safe.
 *
 * <p>A job or a result may have an eighth of the heap, since it is there up to four times: as its block, as the bytes that the codec gets, as
 * the object, and once more while that is made. All jobs that wait and run here may have a quarter of it as bytes, and what is under way to here
 * an eighth.
 */
public final class Intake {
    private static final Intake OF_PROCESS = new Intake(Runtime.getRuntime().maxMemory());

    private static final int ONE_PART = 8;
    private static final int JOBS_PART = 4;
    private static final int WINDOWS_PART = 8;

    /** A new session gets at most this part of what the others have left, so that there is always some for the next. */
    private static final int WINDOW_PART = 4;

    /** With less than this a session is not worth having. */
    private static final int LEAST_WINDOW = 65_536;

    private final long oneBytes;
    private final long jobsBytes;
    private final long windowsBytes;

    /** Of jobs that are here, or about to be. */
    private final AtomicLong held = new AtomicLong();

    /** What may be under way, of all sessions. */
    private final AtomicLong windows = new AtomicLong();

    /** For a heap of this size. */
    public Intake(long heapBytes) {
        this(heapBytes / ONE_PART, heapBytes / JOBS_PART, heapBytes / WINDOWS_PART);
    }

    /**
     * With sizes in bytes.
     *
     * @param one of a job or a result
     * @param jobs of all jobs that are here
     * @param windows of all that is under way to here
     */
    public Intake(long one, long jobs, long windows) {
        this.oneBytes = one;
        this.jobsBytes = jobs;
        this.windowsBytes = windows;
    }

    /** The one of this process. */
    public static Intake ofProcess() {
        return OF_PROCESS;
    }

    /** How large a job or a result may be, where the settings allow some size. */
    public int largest(int allowed) {
        return (int) Math.min(allowed, oneBytes);
    }

    /** How large a block may become that is put together here. */
    public long largestBlock() {
        return jobsBytes;
    }

    // Jobs

    /** Makes room for so many bytes of jobs. False if there is none. */
    public boolean take(long bytes) {
        long before;
        do {
            before = held.get();
            if (bytes > jobsBytes - before) {
                return false;
            }
        } while (!held.compareAndSet(before, before + bytes));
        return true;
    }

    /** So many bytes of jobs are here no more. */
    public void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /** For how many more bytes of jobs there is room. */
    public long room() {
        return Math.max(0, jobsBytes - held.get());
    }

    // Windows

    /** Whether one more session would have too little. */
    public boolean isFull() {
        return windows.get() + LEAST_WINDOW > windowsBytes;
    }

    /**
     * How many bytes may be under way to here in a new session; to be closed.
     *
     * @param allowed by the settings
     */
    public int openWindow(int allowed) {
        long before;
        long window;
        do {
            before = windows.get();
            long left = windowsBytes - before;
            window = Math.min(allowed, Math.max(LEAST_WINDOW, left / WINDOW_PART));
        } while (!windows.compareAndSet(before, before + window));
        return (int) window;
    }

    public void closeWindow(int window) {
        windows.addAndGet(-window);
    }
}
