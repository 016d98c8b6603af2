package dev.workpool.bench.peer;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/** Akka Streams' {@code mapAsync} and {@code mapAsyncUnordered}: as many jobs at a time as workers, each of which has a thread. */
final class MapAsync implements Peer {
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "streams");
    private final ExecutorService threads;
    private final Work work;
    private final Flow<Integer, Work.Result, NotUsed> flow;

    MapAsync(int workers, Work work, boolean ordered) {
        threads = Threads.fixed(workers);
        this.work = work;
        Flow<Integer, Integer, NotUsed> jobs = Flow.create();
        flow = ordered ? jobs.mapAsync(workers, this::supply) : jobs.mapAsyncUnordered(workers, this::supply);
    }

    private CompletionStage<Work.Result> supply(Integer job) {
        return CompletableFuture.supplyAsync(() -> work.run(job), threads);
    }

    @Override
    public Object run(List<Integer> jobs) throws Exception {
        return Source.from(jobs)
                .via(flow)
                .runWith(Sink.seq(), system)
                .toCompletableFuture()
                .get();
    }

    @Override
    public void close() {
        Threads.end(threads);
        Threads.end(system);
    }
}
