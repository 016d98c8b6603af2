package dev.workpool.bench.durable;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Collections;

/** Ours. */
final class WorkpoolContestant implements Contestant {
    private final JobStore store;
    private final DurableQueue<byte[]> queue;
    private final WorkerPool<byte[], Void> pool;
    private final QueueWork work;

    WorkpoolContestant(ActorSystem<?> system, Server server, Handler handler) {
        store = JobStore.postgres(server.url(), "postgres", "");
        queue = DurableQueue.open(
                system, store, QueueSettings.create(system, "singles"), JobCodec.bytes(), QueueOrder.byPriority());
        pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "singles").withWorkers(WORKERS), job -> {
                    handler.run(job);
                    return null;
                });
        work = queue.workOn(pool);
    }

    DurableQueue<byte[]> queue() {
        return queue;
    }

    @Override
    public void enqueue(byte[] job) throws Exception {
        queue.enqueue(job).get();
    }

    @Override
    public void enqueueAll(byte[] job, int jobs) throws Exception {
        queue.enqueueAll(Collections.nCopies(jobs, job)).get();
    }

    @Override
    public void close() {
        work.close();
        pool.close();
        store.close();
    }
}
