package dev.workpool.fuzz;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what has to come, for so long; when one thing has not come, not so long for the others. */
final class Watch {
    /** However loaded the machine is. */
    static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("fuzz.bound", 30));

    private static final Duration AFTERWARDS = Duration.ofMillis(200);
    private static final long TICK_NS = 100_000;

    private final Findings findings;
    private Duration bound = BOUND;
    private String threads = "";

    Watch(Findings findings) {
        this.findings = findings;
    }

    /** Whether a stage has completed, in whatever way. */
    boolean await(CompletionStage<?> stage, String kind, String detail) {
        Thread.interrupted(); // by a job that this thread has run for a full pool
        try {
            stage.toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (stage.toCompletableFuture().isDone()) {
                return true; // with an exception of that class
            }
            miss(kind, detail);
            return false;
        } catch (ExecutionException | java.util.concurrent.CancellationException e) {
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return true;
    }

    boolean await(BooleanSupplier condition, String kind, String detail) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > bound.toNanos()) {
                miss(kind, detail);
                return false;
            }
            LockSupport.parkNanos(TICK_NS);
        }
        return true;
    }

    private void miss(String kind, String detail) {
        findings.add(kind, detail);
        if (threads.isEmpty()) {
            threads = dump();
        }
        bound = AFTERWARDS;
    }

    /** Whether something has not come. */
    boolean hasMissed() {
        return !threads.isEmpty();
    }

    /** All threads as they were when the first thing had not come. */
    String threads() {
        return threads;
    }

    static String dump() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            text.append('"')
                    .append(each.getKey().getName())
                    .append("\" ")
                    .append(each.getKey().getState())
                    .append('\n');
            for (StackTraceElement frame : each.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }
}
