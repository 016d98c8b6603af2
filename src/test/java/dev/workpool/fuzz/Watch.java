package dev.workpool.fuzz;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
    static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("fuzz.bound", 60));

    private static final Duration AFTERWARDS = Duration.ofSeconds(2);
    private static final long TICK_NS = 100_000;
    private static final List<String> OWN_THREADS = List.of(Lane.THREAD, "fuzz-closer");

    private final Findings findings;
    private final String world;
    private Duration bound = BOUND;
    private String threads = "";

    /**
     * Of a round.
     *
     * @param findings hear of what does not come
     * @param world the name of the round's world, which the names of its threads begin with
     */
    Watch(Findings findings, String world) {
        this.findings = findings;
        this.world = world;
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
            threads = dump(world);
        }
        bound = AFTERWARDS;
    }

    /** Whether something has not come. */
    boolean hasMissed() {
        return !threads.isEmpty();
    }

    /** The threads as they were when the first thing had not come. */
    String threads() {
        return threads;
    }

    /** What the threads of a world and those that play the rounds are at, but for idle ones of executors of the JDK's. */
    static String dump(String world) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            String name = each.getKey().getName();
            boolean isOfRound =
                    name.startsWith(world + "-") || OWN_THREADS.stream().anyMatch(name::startsWith);
            if (isOfRound && !isIdle(each.getValue())) {
                text.append("  \"")
                        .append(name)
                        .append("\" ")
                        .append(each.getKey().getState())
                        .append('\n');
                for (StackTraceElement frame : each.getValue()) {
                    text.append("      at ").append(frame).append('\n');
                }
            }
        }
        return text.toString();
    }

    private static boolean isIdle(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .map(StackTraceElement::getMethodName)
                .anyMatch(method -> method.equals("getTask") || method.equals("awaitWork"));
    }
}
