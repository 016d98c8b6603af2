package dev.workpool.fuzz;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import scala.runtime.BoxedUnit;
import scala.runtime.NonLocalReturnControl;

/** Everything that can be thrown, and things whose methods do what they should not. */
final class Throwables {
    static final int KINDS = 29;

    /** The kind of which the JDK cannot make another exception's cause. */
    static final int UNUSABLE = 17;

    private static final int LONG_CHAIN = 3_000;

    private final Findings findings;
    private final IllegalArgumentException shared = new IllegalArgumentException("thrown by many");

    Throwables(Findings findings) {
        this.findings = findings;
    }

    /** Makes one; kinds 0 and 1 are harmless. */
    Throwable make(int kind, String message) {
        return switch (kind) {
            case 0 -> new IOException(message);
            case 1 -> new IllegalStateException(message);
            case 2 -> new Error(message);
            case 3 -> new AssertionError(message);
            case 4 -> new NoClassDefFoundError(message);
            case 5 -> overflow();
            case 6 -> new StackOverflowError(message);
            case 7 -> new OutOfMemoryError(message);
            case 8 -> new InternalError(message);
            case 9 -> threadDeath();
            case 10 -> new InterruptedException(message);
            case 11 -> new CancellationException(message);
            case 12 -> new TimeoutException(message);
            case 13 -> new RejectedExecutionException(message);
            case 14 -> new CompletionException(new IOException(message));
            case 15 -> new CompletionException(message, null);
            case 16 -> new ExecutionException(new IOException(message));
            case UNUSABLE -> new Unusable(findings);
            case 18 -> new Slow(findings);
            case 19 -> new Immutable(message);
            case 20 -> shared;
            case 21 -> circle();
            case 22 -> chain();
            case 23 -> new Throwable(message);
            case 24 -> new NonLocalReturnControl<>(message, BoxedUnit.UNIT);
            case 25 -> new ExceptionInInitializerError(new IOException(message));
            case 26 -> new Reentrant();
            case 27 -> new InterruptingItsReader(findings);
            default -> new ArrayStoreException(null);
        };
    }

    /** A real one, from where there is no stack left. */
    private static Throwable overflow() {
        try {
            return new IOException("depth " + depth());
        } catch (StackOverflowError e) {
            return e;
        }
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static int depth() {
        return 1 + depth();
    }

    /** By name, since it is deprecated for removal. */
    private static Throwable threadDeath() {
        try {
            return Class.forName("java.lang.ThreadDeath")
                    .asSubclass(Throwable.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            return new Error(e);
        }
    }

    private static Throwable circle() {
        Throwable first = new IllegalArgumentException("first");
        Throwable second = new IllegalArgumentException("second", first);
        first.initCause(second);
        return first;
    }

    private static Throwable chain() {
        Throwable last = new IOException("first");
        for (int i = 0; i < LONG_CHAIN; i++) {
            last = new Immutable("after", last);
        }
        return last;
    }

    private static void check(Findings findings, String method) {
        if (Where.onControl()) {
            findings.add("code of users runs on the control thread", "Throwable." + method);
        }
    }

    /** Throws from everything that can be overridden. */
    private static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Findings findings;

        Unusable(Findings findings) {
            this.findings = findings;
        }

        private RuntimeException no(String method) {
            check(findings, method);
            return new UnsupportedOperationException(method);
        }

        @Override
        public String getMessage() {
            throw no("getMessage");
        }

        @Override
        public String getLocalizedMessage() {
            throw no("getLocalizedMessage");
        }

        @Override
        public synchronized Throwable getCause() {
            throw no("getCause");
        }

        @Override
        public String toString() {
            throw no("toString");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw no("getStackTrace");
        }

        @Override
        public int hashCode() {
            throw no("hashCode");
        }

        @Override
        public boolean equals(Object other) {
            throw no("equals");
        }
    }

    /** Takes its time to say anything. */
    private static final class Slow extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Findings findings;

        Slow(Findings findings) {
            this.findings = findings;
        }

        private void wait(String method) {
            check(findings, method);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }

        @Override
        public String getMessage() {
            wait("getMessage");
            return "slow";
        }

        @Override
        public synchronized Throwable getCause() {
            wait("getCause");
            return null;
        }
    }

    /** Takes neither a stack nor suppressed ones. */
    private static final class Immutable extends Exception {
        private static final long serialVersionUID = 1L;

        Immutable(String message) {
            this(message, null);
        }

        Immutable(String message, Throwable cause) {
            super(message, cause, false, false);
        }
    }

    /** Is its own cause. */
    private static final class Reentrant extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            return this;
        }
    }

    /** Leaves whoever reads it interrupted. */
    private static final class InterruptingItsReader extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Findings findings;

        InterruptingItsReader(Findings findings) {
            this.findings = findings;
        }

        @Override
        public String getMessage() {
            check(findings, "getMessage");
            Thread.currentThread().interrupt();
            return "interrupting";
        }

        @Override
        public synchronized Throwable getCause() {
            check(findings, "getCause");
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
