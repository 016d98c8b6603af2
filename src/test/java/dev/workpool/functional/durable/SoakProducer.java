package dev.workpool.functional.durable;

import akka.actor.typed.ActorSystem;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.functional.durable.SoakJob.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Enqueues jobs into one of the soak's queues, batch after batch, each again until it is stored, on a thread of its own. That thread alone uses its
 * fields until it has ended.
 */
final class SoakProducer extends Thread {
    /** A batch, and what was in it. */
    record Enqueued(DurableBatch batch, List<SoakJob> jobs) {}

    private static final AtomicLong IDS = new AtomicLong();

    private final String queue;
    private final List<DurableQueue<SoakJob>> versions;
    private final Random random;
    private final int mostPoison;

    /** How many jobs may be without their outcome at a time, or the queue only grows. */
    private final int mostOpen;

    private final AtomicLong open = new AtomicLong();
    private final List<Enqueued> batches = new ArrayList<>();
    private final Set<Long> ids = new HashSet<>();
    private final Set<Long> poison = new HashSet<>();
    private int again;
    private volatile boolean isStopping;

    SoakProducer(ActorSystem<?> system, JobStore store, String queue, int mostPoison, int mostOpen, Random random) {
        super("soak-" + queue);
        this.queue = queue;
        this.versions = List.of(SoakQueues.open(system, store, queue, 1), SoakQueues.open(system, store, queue, 2));
        this.random = random;
        this.mostPoison = mostPoison;
        this.mostOpen = mostOpen;
        setDaemon(true);
    }

    @Override
    public void run() {
        while (!isStopping) {
            if (open.get() > mostOpen) {
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000L);
                continue;
            }
            List<SoakJob> jobs = new ArrayList<>();
            int size = random.nextInt(10) == 0 ? random.nextInt(mostOpen) : 1 + random.nextInt(mostOpen / 15);
            boolean isPoisoned = poison.size() < mostPoison && random.nextInt(5) == 0;
            for (int i = 0; i < size; i++) {
                jobs.add(new SoakJob(IDS.incrementAndGet(), kind()));
            }
            if (isPoisoned && size > 0) {
                int place = random.nextInt(size);
                jobs.set(place, new SoakJob(jobs.get(place).id(), Kind.POISON));
                poison.add(jobs.get(place).id());
            }
            jobs.forEach(job -> ids.add(job.id()));
            enqueue("batch " + batches.size(), jobs);
        }
    }

    private Kind kind() {
        int dice = random.nextInt(100);
        return dice == 0 ? Kind.SLOW : dice < 5 ? Kind.FLAKY : Kind.QUICK;
    }

    private void enqueue(String key, List<SoakJob> jobs) {
        DurableQueue<SoakJob> version = versions.get(random.nextInt(2));
        open.addAndGet(jobs.size());
        DurableBatch batch = enqueueUntilItIsStored(version, key, jobs);
        batches.add(new Enqueued(batch, jobs));
        if (random.nextInt(10) == 0) {
            again++;
            DurableBatch same = enqueueUntilItIsStored(version, key, jobs);
            if (same.isNew() || same.id() != batch.id()) {
                throw new AssertionError(key + " was enqueued twice: " + batch + ", " + same);
            }
        }
        countDown(batch);
    }

    /** The store may be away for longer than an enqueue is patient; then the same is asked again. */
    private static DurableBatch enqueueUntilItIsStored(DurableQueue<SoakJob> queue, String key, List<SoakJob> jobs) {
        while (true) {
            try {
                return queue.enqueue(key, jobs).join();
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof SQLException)) {
                    throw e;
                }
            }
        }
    }

    private void countDown(DurableBatch batch) {
        batch.ended().whenComplete((ended, failure) -> {
            if (failure == null) {
                open.addAndGet(-batch.jobs());
            } else {
                countDown(batch); // the store was away
            }
        });
    }

    /** Enqueues no more, and waits for what is under way. */
    void finish() throws InterruptedException {
        isStopping = true;
        join();
    }

    String queue() {
        return queue;
    }

    /** How many jobs it knows to be without their outcome. */
    long open() {
        return open.get();
    }

    List<Enqueued> batches() {
        return batches;
    }

    /** Those of all its jobs. */
    Set<Long> ids() {
        return ids;
    }

    /** Those of the jobs that end their process. */
    Set<Long> poison() {
        return poison;
    }

    @Override
    public String toString() {
        return queue + ": " + ids.size() + " jobs in " + batches.size() + " batches, " + poison.size()
                + " of them poison, " + again + " batches enqueued again";
    }
}
