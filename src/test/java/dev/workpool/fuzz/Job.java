package dev.workpool.fuzz;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A job, and what has been seen of it. */
final class Job {
    final int id;

    /** How deep it is nested: who submits from a handler submits jobs of the next level. */
    final int level;

    final Plan plan;

    /** One of a few, for keyed streams. */
    final Key key;

    /** Its place in what it was submitted with. */
    final int index;

    /** What it was submitted with. */
    final Submitted owner;

    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger inside = new AtomicInteger();

    /** What each attempt ended with, by its number: a throwable, or a result in an array. */
    final AtomicReferenceArray<Object> ends = new AtomicReferenceArray<>(Scenario.MOST_ATTEMPTS + 1);

    /** Which attempts there were, a bit each. */
    final AtomicInteger attempts = new AtomicInteger();

    /** The attempt that found its thread interrupted, where nobody says whether it was cancelled; 0 for none. */
    volatile int interruptedAttempt;

    volatile boolean callerRan;

    Job(int id, int level, Plan plan, Submitted owner, int index) {
        this.id = id;
        this.level = level;
        this.plan = plan;
        this.owner = owner;
        this.index = index;
        this.key = new Key(id % 5, owner.model.findings);
    }

    /** The result of an attempt that returns one. */
    Result result(int attempt) {
        return plan.isNull ? null : new Result(id, attempt, owner.model.findings);
    }

    /** The number of the last attempt that had a call; 0 for none. */
    int lastAttempt() {
        return 31 - Integer.numberOfLeadingZeros(attempts.get() | 1);
    }

    /** Jobs are compared and printed where users' code may run. */
    @Override
    public boolean equals(Object other) {
        check("equals");
        return this == other;
    }

    @Override
    public int hashCode() {
        check("hashCode");
        return id;
    }

    private void check(String method) {
        if (Where.onControl()) {
            owner.model.findings.add("code of users runs on the control thread", "Job." + method);
        }
    }

    /** What it says of itself, for a finding. */
    String text() {
        return "job " + id + " (" + plan + ", calls " + calls + ", attempts " + Integer.toBinaryString(attempts.get())
                + (callerRan ? ", run by its submitter" : "") + ") of " + owner.text();
    }

    @Override
    public String toString() {
        check("toString");
        return text();
    }

    /** What jobs of a stream have in common. */
    static final class Key {
        final int value;
        private final Findings findings;

        Key(int value, Findings findings) {
            this.value = value;
            this.findings = findings;
        }

        @Override
        public int hashCode() {
            check("hashCode");
            return value;
        }

        @Override
        public boolean equals(Object other) {
            check("equals");
            return other instanceof Key that && that.value == value;
        }

        private void check(String method) {
            if (Where.onControl()) {
                findings.add("code of users runs on the control thread", "Key." + method);
            }
        }
    }

    /** What an attempt gives. */
    static final class Result {
        final int id;
        final int attempt;
        private final Findings findings;

        Result(int id, int attempt, Findings findings) {
            this.id = id;
            this.attempt = attempt;
            this.findings = findings;
        }

        @Override
        public int hashCode() {
            check("hashCode");
            return id;
        }

        @Override
        public boolean equals(Object other) {
            check("equals");
            return other instanceof Result that && that.id == id && that.attempt == attempt;
        }

        private void check(String method) {
            if (Where.onControl()) {
                findings.add("code of users runs on the control thread", "Result." + method);
            }
        }

        @Override
        public String toString() {
            check("toString");
            return id + "/" + attempt;
        }
    }
}
