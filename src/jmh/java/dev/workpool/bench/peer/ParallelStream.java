package dev.workpool.bench.peer;

import java.util.List;
import java.util.stream.Collectors;

/** A parallel stream, on the JDK's common pool: it has as many workers as there are cores, the caller among them, and no other number. */
record ParallelStream(Work work) implements Peer {
    @Override
    public Object run(List<Integer> jobs) {
        return jobs.parallelStream().map(work::run).collect(Collectors.toList());
    }

    @Override
    public void close() {}
}
