package dev.workpool.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured, each in a JVM of its own, so that none is compiled for what another does. */
enum Workload {
    BATCH("A list in, a list out: what a job costs its caller, with as many workers as cores.", "3g"),
    UNEVEN("Jobs that take unequal times: the whole, as a multiple of a list schedule that costs nothing.", "2g"),
    SUBMIT("Jobs that do nothing, handed over one by one; two workers.", "2g"),
    BLOCKING("Jobs that block for 5 ms, 40 for each worker: the whole, as a multiple of 200 ms.", "2g"),
    STREAM("Jobs that do nothing, as a stream, in constant memory.", "64m"),
    CANCEL("A million queued jobs and eight running ones are cancelled.", "2g"),
    MEMORY("What is on the heap for each of a million jobs that wait.", "2g"),
    POLICIES("What a policy costs that is on and has nothing to do, and what a retry does.", "2g"),
    GROWTH("How costs grow with jobs, workers and batches.", "4g");

    private final String sentence;
    private final String heap;

    /** How much of it. */
    enum Scale {
        FULL,
        QUICK;

        boolean full() {
            return this == FULL;
        }
    }

    Workload(String sentence, String heap) {
        this.sentence = sentence;
        this.heap = heap;
    }

    static Workload named(String label) {
        return Arrays.stream(values())
                .filter(workload -> workload.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload \"" + label + "\"; there are: all, quick, "
                        + Arrays.stream(values()).map(Workload::label).collect(Collectors.joining(", "))));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String sentence() {
        return sentence;
    }

    /** The heap of its JVM, as {@code -Xmx} has it. */
    String heap() {
        return heap;
    }

    /** In the order in which each round takes them. */
    List<Case> cases(Scale scale) {
        return switch (this) {
            case BATCH -> ListCases.batch(scale);
            case UNEVEN -> ListCases.uneven(scale);
            case SUBMIT -> SingleCases.submit(scale);
            case BLOCKING -> ListCases.blocking(scale);
            case STREAM -> SingleCases.stream(scale);
            case CANCEL -> SingleCases.cancel(scale);
            case MEMORY -> SingleCases.memory();
            case POLICIES -> SingleCases.policies(scale);
            case GROWTH -> GrowthCases.growth(scale);
        };
    }
}
