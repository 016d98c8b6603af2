package dev.workpool.fuzz;

import dev.workpool.settings.ContextPropagator;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries as a context what is submitted; now and then it cannot be attached, or taken away again. */
final class Contexts implements ContextPropagator<Submitted> {
    /** What attaching throws. */
    static final class NotAttached extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
    }

    private static final int SELDOM = 50;
    private static final ThreadLocal<Submitted> ATTACHED = new ThreadLocal<>();

    private final Findings findings;
    private final AtomicInteger attached = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    Contexts(Findings findings) {
        this.findings = findings;
    }

    @Override
    public Submitted capture() {
        Submitted what = Submitting.current();
        if (what == null) {
            findings.add(
                    "a context is captured where nothing is submitted",
                    Thread.currentThread().getName());
        } else if (what.captures.incrementAndGet() > 1) {
            findings.add("a context is captured twice", what.text());
        }
        return what;
    }

    @Override
    public Scope attach(Submitted context) {
        if (Where.onControl()) {
            findings.add("code of users runs on the control thread", "attach");
        }
        int number = attached.incrementAndGet();
        if (number % SELDOM == 0) {
            failed.incrementAndGet();
            throw new NotAttached();
        }
        Submitted before = ATTACHED.get();
        ATTACHED.set(context);
        return () -> {
            if (ATTACHED.get() != context) {
                findings.add("a scope is closed on another thread, or not in turn", String.valueOf(context));
            }
            ATTACHED.set(before);
            if (number % SELDOM == 1) {
                throw new IllegalArgumentException("cannot be closed");
            }
        };
    }

    /** Whether some could not be attached: for each there may be an attempt without a call. */
    boolean haveFailed() {
        return failed.get() > 0;
    }

    /** To be called in code that goes with a context: it is there, unless it could not be attached. */
    void check(Submitted expected, String where) {
        Submitted now = ATTACHED.get();
        if (now != expected && !(now == null && haveFailed())) {
            findings.add(
                    "a context is not where it should be",
                    where + ": " + (now == null ? "none" : now.text()) + " in place of "
                            + (expected == null ? "none" : expected.text()));
        }
    }
}
