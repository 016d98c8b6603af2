package dev.workpool.bench.peer;

/** Who runs lists of jobs, by the names that tables show. */
public enum Contender {
    WORKPOOL("workpool", 1),
    WORKPOOL_VIRTUAL("workpool, virtual threads", 1),
    PARALLEL_STREAM("parallelStream", 1),
    COLLECTORS_BATCHING("parallel-collectors, batching", 1),
    INVOKE_ALL("invokeAll", 5),
    EXECUTOR_SUBMIT("ExecutorService.submit", 5),
    SUPPLY_ASYNC("supplyAsync", 5),
    BULKHEAD("Resilience4j bulkhead", 10),
    PARALLEL_COLLECTORS("parallel-collectors", 100),
    VIRTUAL_THREADS("virtual threads, semaphore", 100),
    ROUTERS_POOL("Akka Routers.pool", 10),
    PULLING_ACTORS("actors that pull", 100),
    MAP_ASYNC("mapAsync", 100),
    MAP_ASYNC_UNORDERED("mapAsyncUnordered", 100);

    private final String label;
    private final int slowness;

    Contender(String label, int slowness) {
        this.label = label;
        this.slowness = slowness;
    }

    public String label() {
        return label;
    }

    /** By how many times fewer jobs are enough to see what an empty one costs it: that does not depend on their number. */
    public int slowness() {
        return slowness;
    }

    /** Whether it can have so many workers, on this JVM. */
    public boolean canHave(int workers) {
        return switch (this) {
            case WORKPOOL_VIRTUAL, VIRTUAL_THREADS -> Threads.virtualOnes();
            case PARALLEL_STREAM -> workers == Runtime.getRuntime().availableProcessors();
            default -> true;
        };
    }

    /** Starts it. */
    public Peer start(int workers, Work work) {
        return switch (this) {
            case WORKPOOL -> new PoolPeer(workers, work, false);
            case WORKPOOL_VIRTUAL -> new PoolPeer(workers, work, true);
            case PARALLEL_STREAM -> new ParallelStream(work);
            case COLLECTORS_BATCHING -> new CollectorsPeer(workers, work, true);
            case INVOKE_ALL -> new InvokeAll(workers, work);
            case EXECUTOR_SUBMIT -> new OneByOne(workers, work);
            case SUPPLY_ASYNC -> new SupplyAsync(workers, work);
            case BULKHEAD -> new BulkheadPeer(workers, work);
            case PARALLEL_COLLECTORS -> new CollectorsPeer(workers, work, false);
            case VIRTUAL_THREADS -> new VirtualThreads(workers, work);
            case ROUTERS_POOL -> new RoutersPool(workers, work);
            case PULLING_ACTORS -> new PullingActors(workers, work);
            case MAP_ASYNC -> new MapAsync(workers, work, true);
            case MAP_ASYNC_UNORDERED -> new MapAsync(workers, work, false);
        };
    }
}
