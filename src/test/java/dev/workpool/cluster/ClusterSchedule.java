package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.receptionist.Receptionist;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.internal.fleet.Fleet;
import dev.workpool.cluster.internal.fleet.FleetParts;
import dev.workpool.cluster.internal.fleet.FleetWorkplace;
import dev.workpool.cluster.internal.fleet.NodeRoles;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.station.EncodedHandlers;
import dev.workpool.cluster.internal.station.Station;
import dev.workpool.cluster.internal.station.StationWorkers;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.NodeLostException;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.pool.Workplace;
import dev.workpool.internal.router.RouterFactory;
import dev.workpool.internal.worker.Handler;
import dev.workpool.internal.worker.Runner;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.Delivery;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.testkit.WorkerPoolTestKit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One schedule of pools and nodes on one thread, in virtual time: a seed decides what is asked of the pools, what their
 * handlers do, which of the actors that have a message is next, which messages are lost and late, and which nodes come and
 * go. In the end every job has one outcome, and the right one. Of one thread.
 */
final class ClusterSchedule {
    private static final String NAME = "pool";
    private static final JobCodec<String> TEXTS = JobCodec.strings();
    private static final int MOST_NODES = 3;
    private static final Duration LONG = Duration.ofMinutes(30);

    /** A job of so many fails whenever it runs, and one of so many is too large to be sent. */
    private static final int FAILING = 7;

    private static final int TOO_LARGE = 31;
    private static final int MOST_BYTES = 20_000;

    private final WorkerPoolTestKit kit;
    private final ActorSystem<?> system;
    private final SplittableRandom random;
    private final ClusterSettings cluster;
    private final List<WorkerPool<String, String>> pools = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();

    private final Map<Integer, Outcome<String>> outcomes = new HashMap<>();
    private final Map<String, Integer> runs = new HashMap<>();
    private final Set<Integer> mayBeCancelled = new HashSet<>();
    private final Set<Integer> mayTimeOut = new HashSet<>();
    private final Map<Batch<String>, List<Integer>> batches = new HashMap<>();
    private final List<Batch<String>> batchesInOrder = new ArrayList<>();
    private final Map<Integer, CompletableFuture<String>> singles = new HashMap<>();
    private final boolean quiet;
    private int jobs;
    private int nodesEver;
    private final Set<JobContext> running = new HashSet<>();
    private boolean hasFailed;

    /** Workers of a node, and the way to them. */
    private final class Node {
        private final String name = "node-" + ++nodesEver;
        private final LossyLink link = new LossyLink(system, random.split(), kit::time);
        private final StationWorkers workers;
        private final ActorRef<Object> station;
        private boolean lost;

        /** Sometimes for no more than two or three of the larger jobs. */
        private final Intake intake =
                random.nextBoolean() ? Intake.ofProcess() : new Intake(MOST_BYTES, 25_000, 1 << 20);

        private Node() {
            WorkerPoolSettings settings = kit.settings(name)
                    .withWorkers(1 + random.nextInt(3))
                    .withChunkMaxJobs(1 + random.nextInt(8))
                    .withCancelGrace(Duration.ofSeconds(1 + random.nextInt(3)));
            EncodedHandlers<String, String> handlers = new EncodedHandlers<>(NAME, TEXTS, TEXTS, 1_000, intake);
            workers = new StationWorkers(
                    system, settings, new Handler.Async<>(handlers.async(ClusterSchedule.this::handle)));
            station = workers.start(Station.create(
                    workers.parts(cluster, SteadyCodec.of(TEXTS, "jobs"), SteadyCodec.of(TEXTS, "results"), intake)));
            system.receptionist().tell(Receptionist.register(FleetWorkplace.stations(NAME), link.to(station.narrow())));
            trace(name + " starts " + settings.workers() + " workers");
        }

        /** Nobody hears of it any more, and it of nobody. */
        void lose() {
            trace(name + " is lost");
            lost = true;
            link.disturb(1_000, 1_000, Duration.ZERO);
            if (random.nextBoolean()) {
                link.forget();
            }
        }

        void leave() {
            trace(name + " leaves");
            workers.ended().thenRun(() -> {
                trace(name + " has left");
                lost = true;
                link.forget();
            });
            station.tell(Station.Leave.LEAVE);
        }
    }

    ClusterSchedule(WorkerPoolTestKit kit, long seed) {
        this.kit = kit;
        this.system = kit.system();
        this.random = new SplittableRandom(seed);
        this.quiet = random.nextInt(8) == 0;
        ClusterSettings settings = ClusterSettings.create(system, NAME)
                .withRenewal(Duration.ofMillis(50 + random.nextInt(200)))
                .withLease(Duration.ofMillis(1_000 + random.nextInt(4_000)))
                .withWireBudget(Duration.ofMillis(1 + random.nextInt(1_000)))
                .withFrameBytes(4_096)
                .withWindowBytes(65_536)
                .withMaxJobBytes(MOST_BYTES)
                .withMaxRuns(1_000);
        if (random.nextInt(4) == 0) {
            settings = settings.withDelivery(Delivery.AT_MOST_ONCE);
        } else if (random.nextInt(4) == 0) {
            settings = settings.withMaxRuns(1 + random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            settings = settings.withWorkers(1 + random.nextInt(5));
        }
        this.cluster = settings;
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            pools.add(startPool("pool-" + i));
        }
        nodes.add(new Node());
    }

    private WorkerPool<String, String> startPool(String name) {
        WorkerPoolSettings settings = kit.settings(name);
        if (random.nextInt(3) == 0) {
            settings = settings.withRetry(
                    RetryPolicy.attempts(1 + random.nextInt(3)).withTimeouts(random.nextBoolean()));
        }
        return new WorkerPool<>(new RunningPool<>(system, settings, new Elsewhere()));
    }

    /** As a cluster would be, without one. */
    private final class Elsewhere implements Workplace<String, String> {
        private volatile List<ClusterNode> known = List.of();

        @Override
        public Runner.Factory<String, String> runners(Parts<String, String> pool) {
            return (workerIndex, reports) -> {
                throw new UnsupportedOperationException();
            };
        }

        @Override
        public RouterFactory<String> routers(
                ActorSystem<?> actors,
                WorkerPoolSettings settings,
                Runner.Factory<String, String> runners,
                Executor callbacks,
                PoolGauges gauges,
                PoolEvents events) {
            NodeRoles all = new NodeRoles() {
                @Override
                public int members() {
                    return 1;
                }

                @Override
                public Address addressOf(Address address) {
                    return address;
                }

                @Override
                public boolean has(Address node) {
                    return true;
                }
            };
            return dispatcher -> Fleet.create(new FleetParts<>(
                    settings,
                    cluster,
                    SteadyCodec.of(TEXTS, "jobs"),
                    SteadyCodec.of(TEXTS, "results"),
                    FleetWorkplace.stations(NAME),
                    all,
                    dispatcher,
                    callbacks,
                    PoolClock.of(actors),
                    gauges.router,
                    events,
                    Intake.ofProcess(),
                    (now, why) -> known = now));
        }

        @Override
        public String toString() {
            return known.toString();
        }
    }

    private void trace(String what) {
        trace.add(kit.time() + " " + what);
    }

    /** Ends at once or later, in the same way whenever it runs. */
    private CompletionStage<String> handle(String job, JobContext context) throws IOException {
        runs.merge(job + " attempt " + context.attempt(), 1, Integer::sum);
        int number = Integer.parseInt(job.strip());
        assertThat(isTooLarge(number)).as("job %d is too large", number).isFalse();
        boolean fails = number % FAILING == 0;
        trace("runs " + number + ", attempt " + context.attempt());
        if (random.nextInt(4) == 0) {
            if (fails) {
                throw new IOException("of " + number);
            }
            return CompletableFuture.completedFuture("<" + number + ">");
        }
        running.add(context);
        if (quiet) {
            assertThat(running.stream().filter(each -> !each.isCancelled()))
                    .as("jobs that run")
                    .hasSizeLessThanOrEqualTo(cluster.workers().orElse(1_000) * pools.size());
        }
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> told = random.nextBoolean() ? stage : stage.copy(); // which no cancellation reaches
        stage.whenComplete((value, error) -> running.remove(context));
        system.scheduler()
                .scheduleOnce(
                        Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 3_000 : 50)),
                        () -> {
                            if (fails) {
                                stage.completeExceptionally(new IOException("of " + number));
                            } else {
                                stage.complete("<" + number + ">");
                            }
                        },
                        system.executionContext());
        return told;
    }

    /** Runs it to its end. */
    void run() {
        try {
            for (int acts = 10 + random.nextInt(30); acts > 0; acts--) {
                act();
                for (int steps = random.nextInt(60); steps > 0 && kit.step(); steps--) {
                    check();
                }
                if (random.nextInt(2) == 0) {
                    kit.advance(Duration.ofMillis(random.nextInt(random.nextInt(5) == 0 ? 8_000 : 500)));
                    check();
                }
            }
            end();
        } catch (RuntimeException | AssertionError e) {
            hasFailed = true;
            List<String> last = trace.subList(Math.max(0, trace.size() - 200), trace.size());
            throw new AssertionError(e.getMessage() + "\n" + String.join("\n", last) + "\n" + state(), e);
        }
    }

    private String state() {
        StringBuilder state = new StringBuilder(kit.time() + " " + cluster + "\n");
        for (WorkerPool<String, String> pool : pools) {
            state.append(pool.snapshot())
                    .append(' ')
                    .append(pool.internals().workplace())
                    .append('\n');
        }
        for (int job = 0; job < jobs; job++) {
            state.append(outcomes.containsKey(job) ? "" : "without an outcome: " + job + "\n");
        }
        return state.toString();
    }

    private void act() {
        switch (random.nextInt(quiet ? 10 : 18)) {
            case 0, 1, 2, 3 -> submitBatch();
            case 4 -> submit();
            case 5 -> {
                if (random.nextInt(3) == 0) {
                    cancelABatch();
                }
            }
            case 6 -> cancelAJob();
            case 7 ->
                anyOf(pools).forEach(pool -> {
                    trace("pauses " + pool.name());
                    pool.pause();
                });
            case 8, 9 -> pools.forEach(WorkerPool::resume);
            case 10, 11 -> startNode();
            case 12 ->
                living().forEach(node -> {
                    if (random.nextInt(4) == 0) {
                        node.lose();
                    }
                });
            case 13 ->
                anyOf(living()).forEach(node -> {
                    if (random.nextInt(3) == 0) {
                        node.leave();
                    }
                });
            case 14, 15 -> anyOf(living()).forEach(this::disturb);
            default -> living().forEach(node -> node.link.heal());
        }
    }

    private void disturb(Node node) {
        int loss = random.nextInt(3) == 0 ? 1_000 : random.nextInt(100);
        int there = random.nextInt(3) == 0 ? 0 : loss;
        int back = random.nextInt(3) == 0 ? 0 : loss;
        Duration delay = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(1 + random.nextInt(2_000));
        trace(node.name + " loses " + there + " there and " + back + " back, and is late by " + delay);
        node.link.disturb(there, back, delay);
    }

    private void startNode() {
        if (living().size() < MOST_NODES) {
            nodes.add(new Node());
        }
    }

    private List<Node> living() {
        return nodes.stream().filter(node -> !node.lost).toList();
    }

    private <T> List<T> anyOf(List<T> all) {
        return all.isEmpty() ? List.of() : List.of(all.get(random.nextInt(all.size())));
    }

    /** A job of its own, some of many bytes. */
    private String job(int number) {
        int more = random.nextInt(20) == 0 ? random.nextInt(MOST_BYTES / 2) : 0;
        return number + " ".repeat(isTooLarge(number) ? MOST_BYTES : more);
    }

    private static boolean isTooLarge(int number) {
        return number % TOO_LARGE == 0;
    }

    private void submitBatch() {
        List<Integer> numbers = new ArrayList<>();
        List<String> batch = new ArrayList<>();
        for (int size = random.nextInt(random.nextInt(5) == 0 ? 300 : 30); size > 0; size--) {
            numbers.add(jobs);
            batch.add(job(jobs++));
        }
        BatchOptions options =
                BatchOptions.defaults().withPriority(random.nextInt(3)).withWeight(1 + random.nextInt(4));
        if (random.nextInt(6) == 0) {
            options = options.withTimeout(Duration.ofMillis(1 + random.nextInt(5_000)));
            mayTimeOut.addAll(numbers);
        }
        if (random.nextInt(6) == 0) {
            options = options.withJobTimeout(Duration.ofMillis(1 + random.nextInt(2_000)));
            mayTimeOut.addAll(numbers);
        }
        WorkerPool<String, String> pool = anyOf(pools).get(0);
        trace(pool.name() + " is given " + numbers + " " + options);
        Batch<String> submitted =
                pool.submitAll(batch, options, (job, outcome) -> ended(Integer.parseInt(job.strip()), outcome));
        batches.put(submitted, numbers);
        batchesInOrder.add(submitted);
    }

    private void submit() {
        int number = jobs++;
        WorkerPool<String, String> pool = anyOf(pools).get(0);
        trace(pool.name() + " is given " + number);
        CompletableFuture<String> single = pool.submit(job(number));
        singles.put(number, single);
        single.whenComplete((value, error) -> ended(
                number,
                error == null
                        ? new Outcome.Succeeded<>(value, 1)
                        : single.isCancelled()
                                ? new Outcome.Cancelled<>(0)
                                : error instanceof RejectedExecutionException
                                        ? new Outcome.Rejected<>(error.getMessage())
                                        : new Outcome.Failed<>(error, 1)));
    }

    private void cancelABatch() {
        for (Batch<String> batch : anyOf(batchesInOrder)) {
            trace("cancels " + batches.get(batch));
            mayBeCancelled.addAll(batches.get(batch));
            if (random.nextBoolean()) {
                batch.cancel();
            } else {
                batch.cancelUnstarted();
            }
        }
    }

    private void cancelAJob() {
        for (int number : anyOf(List.copyOf(singles.keySet()))) {
            trace("cancels " + number);
            mayBeCancelled.add(number);
            singles.get(number).cancel(true);
        }
    }

    private void ended(int number, Outcome<String> outcome) {
        if (hasFailed) { // the kit ends what is left
            return;
        }
        trace(number + " " + outcome);
        assertThat(outcomes.put(number, outcome))
                .as("another outcome of %d beside %s", number, outcome)
                .isNull();
        if (outcome instanceof Outcome.Succeeded<String> success) {
            assertThat(success.value()).isEqualTo("<" + number + ">");
            assertThat(number % FAILING).as("job %d fails", number).isNotZero();
        } else if (outcome instanceof Outcome.Failed<String> failed) {
            assertFailed(number, failed.error());
        } else if (outcome instanceof Outcome.TimedOut) {
            assertThat(mayTimeOut.contains(number))
                    .as("job %d has a limit", number)
                    .isTrue();
        } else if (outcome instanceof Outcome.Cancelled) {
            assertThat(mayBeCancelled.contains(number))
                    .as("job %d was cancelled", number)
                    .isTrue();
        } else {
            assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
            assertThat(isTooLarge(number)).as("job %d is too large", number).isTrue();
        }
    }

    private void assertFailed(int number, Throwable error) {
        if (error instanceof NodeLostException) {
            assertThat(cluster.delivery() == Delivery.AT_MOST_ONCE || cluster.maxRuns() < 10)
                    .as("%d has lost its node, which is allowed", number)
                    .isTrue();
            assertThat(quiet).isFalse();
        } else {
            assertThat(error).isInstanceOf(IOException.class).hasMessage("of " + number);
            assertThat(number % FAILING).as("job %d succeeds", number).isZero();
        }
    }

    /** What always holds. */
    private void check() {
        for (WorkerPool<String, String> pool : pools) {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.done() + now.queued() + now.waiting() + now.running())
                    .as("%s", now)
                    .isEqualTo(now.accepted());
            assertThat(List.of(now.queued(), now.waiting(), now.running()))
                    .as("%s", now)
                    .allMatch(count -> count >= 0);
        }
        if (cluster.delivery() == Delivery.AT_MOST_ONCE) {
            assertThat(runs)
                    .allSatisfy((run, times) -> assertThat(times).as(run).isEqualTo(1));
        }
    }

    /** Once all is well again, each job comes to its end by itself. */
    private void end() {
        trace("all is well again");
        nodes.stream().filter(node -> !node.lost).forEach(node -> node.link.heal());
        startNode();
        pools.forEach(WorkerPool::resume);
        List<CompletionStage<?>> drained = new ArrayList<>();
        pools.forEach(pool -> drained.add(pool.drain()));
        Duration latest = kit.time().plus(LONG);
        while (!drained.stream().allMatch(stage -> stage.toCompletableFuture().isDone())) {
            assertThat(kit.time()).as("the pools do not come to their end").isLessThan(latest);
            kit.advance(Duration.ofSeconds(5));
            check();
        }
        kit.drain();
        check();
        assertThat(outcomes).hasSize(jobs);
        assertThat(batchesInOrder)
                .allMatch(batch -> batch.result().toCompletableFuture().isDone());
    }
}
