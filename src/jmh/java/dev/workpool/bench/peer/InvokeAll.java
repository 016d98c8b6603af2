package dev.workpool.bench.peer;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/** {@link ExecutorService#invokeAll}. Its callables are made beforehand, which is more than a user can hope for. */
final class InvokeAll implements Peer {
    private final ExecutorService threads;
    private final Work work;
    private final IdentityHashMap<List<Integer>, List<Callable<Work.Result>>> callables = new IdentityHashMap<>();

    InvokeAll(int workers, Work work) {
        threads = Threads.fixed(workers);
        this.work = work;
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        return threads.invokeAll(callables.computeIfAbsent(
                jobs,
                list -> list.stream()
                        .map(job -> (Callable<Work.Result>) () -> work.run(job))
                        .toList()));
    }

    @Override
    public void close() {
        Threads.end(threads);
    }
}
