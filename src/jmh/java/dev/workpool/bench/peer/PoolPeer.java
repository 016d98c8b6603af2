package dev.workpool.bench.peer;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;

/** The pool: a list is a batch. */
final class PoolPeer implements Peer {
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "workpool");
    private final WorkerPool<Integer, Work.Result> pool;

    PoolPeer(int workers, Work work, boolean virtual) {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "bench").withWorkers(workers).withVirtualThreads(virtual);
        pool = WorkerPool.start(system, settings, (Integer job) -> work.run(job));
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        return pool.submitAll(jobs).result().toCompletableFuture().get();
    }

    @Override
    public void close() {
        pool.close();
        Threads.end(system);
    }
}
