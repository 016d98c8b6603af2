package dev.workpool.testkit;

import java.util.concurrent.atomic.AtomicReference;

/** What a test fails with: the first assertion that has failed out of its sight. Thread-safe. */
final class FirstFailure {
    private final AtomicReference<AssertionError> first = new AtomicReference<>();
    private volatile boolean thrown;

    /** An assertion has failed; only the first counts. */
    void add(AssertionError error) {
        first.compareAndSet(null, error);
    }

    /** Somebody has thrown in a place where production only logs it. */
    void add(String who, Throwable thrown) {
        add(
                thrown instanceof AssertionError failed
                        ? failed
                        : new AssertionError(who + " has thrown " + thrown, thrown));
    }

    boolean isThere() {
        return first.get() != null;
    }

    /** Throws it, unless that has been done. */
    void throwOnce() {
        if (isThere() && !thrown) {
            thrown = true;
            throw first.get();
        }
    }
}
