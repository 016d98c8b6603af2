package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.queue.Pending;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.worker.Chunk;
import dev.workpool.internal.worker.Notice;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.Task;
import dev.workpool.internal.worker.ThreadStarts;
import dev.workpool.internal.worker.Worker;
import dev.workpool.job.Outcome;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Workers without threads and actors: time, the workers' mailboxes and their runners go on only when a test says so. Jobs are
 * known as "batch:index".
 */
final class ChunkSchedulerHarness implements Hiring<Integer, String> {
    static final long BUDGET_NS = 5_000_000;
    static final long GRACE_NS = 50_000_000;

    /** One worker: its mailbox, and its runner, which outlives it while a handler runs. */
    final class Staff implements Runner<Integer, String> {
        final int index;
        final TestInbox<Worker.Command<Integer, String>> mailbox = TestInbox.create();
        final Queue<Assignment<Integer, String>> queue = new ArrayDeque<>();
        final Queue<Assignment<Integer, String>> reports = new ArrayDeque<>();
        final Queue<Assignment<Integer, String>> notStarted = new ArrayDeque<>();
        final Map<Assignment<Integer, String>, Long> elapsedNs = new HashMap<>();

        Assignment<Integer, String> active;
        int position = -1;
        private long begunNs;
        private boolean hasThread;
        boolean alive = true;

        /** What the running job is going to fail with, or null. */
        Throwable failure;

        /** Whether the running job has been told to stop. */
        boolean told;

        Staff(int index) {
            this.index = index;
        }

        @Override
        public void run(Task<Integer, String> task) {
            if (!hasThread && threadsLeft == 0) {
                throw new ThreadStarts.NoThread(new OutOfMemoryError("no more threads"));
            }
            threadsLeft -= hasThread ? 0 : 1;
            hasThread = true;
            queue.add((Assignment<Integer, String>) task);
        }

        @Override
        public void runHere(Task<Integer, String> task) {
            throw new AssertionError("only submitters do");
        }

        @Override
        public void tell(Notice<Integer, String> notice) {
            assertThat(notice.chunk).as("the runner is at this chunk").isSameAs(active.chunk);
            assertThat(notice.chunk.isStopped(notice.position)).isTrue();
            told = true;
            if (notice.ask()) {
                notices.add(notice);
                deliverNotices();
            }
        }

        @Override
        public boolean needsLooks() {
            return needsLooks;
        }

        @Override
        public void look() {
            looks++;
        }

        @Override
        public boolean hasThread() {
            return hasThread;
        }

        @Override
        public void shutdown() {
            alive = false;
        }

        @Override
        public void abandon(boolean isReplaced) {}

        @Override
        public At<Integer, String> at() {
            return null;
        }

        @Override
        public String doing() {
            return "worker " + index;
        }

        boolean isBusy() {
            return position >= 0;
        }

        /** The actor handles its messages; one that has stopped has lost them. */
        boolean receive() {
            boolean any = mailbox.hasMessages();
            for (Worker.Command<Integer, String> command : mailbox.getAllReceived()) {
                if (alive) {
                    receive((Assignment<Integer, String>) ((Worker.Run<Integer, String>) command).task());
                }
            }
            return any;
        }

        /** As the actor does. */
        private void receive(Assignment<Integer, String> assignment) {
            try {
                run(assignment);
            } catch (ThreadStarts.NoThread e) {
                notStarted.add(assignment);
            }
        }

        /** Ends the job that runs, if one does, and claims the next, perhaps of the next chunk. */
        boolean step() {
            if (active == null) {
                active = queue.poll();
                if (active == null) {
                    return false;
                }
                begunNs = nowNs;
                active.begins();
            } else if (failure != null) {
                active.chunk.fail(position, failure);
            } else {
                active.chunk.succeed(position, running());
            }
            failure = null;
            told = false;
            position = active.chunk.claim();
            if (position >= 0) {
                assertThat(paused).as("%s starts in a pause", running()).isFalse();
                assertThat(staff.stream().filter(Staff::isBusy).count())
                        .as("handlers that run when %s starts", running())
                        .isLessThanOrEqualTo(chunkScheduler.workers() + chunkScheduler.abandoned());
                assertThat(started.add(running()))
                        .as("%s starts once", running())
                        .isTrue();
            } else {
                reportDone();
            }
            return true;
        }

        private String running() {
            return active.slice.batch().id() + ":" + active.chunk.job(position);
        }

        /** As {@link Worker#reports} does: the outcomes go to the collector at once, the router hears of it later. */
        private void reportDone() {
            Chunk<Integer, String> chunk = active.chunk;
            enter(active.slice, chunk.outcomes());
            elapsedNs.put(active, nowNs - begunNs);
            reports.add(active);
            active = null;
        }

        /** The router hears of the oldest chunk that there was no thread for, or that is done. */
        boolean report() {
            Assignment<Integer, String> oldest = notStarted.poll();
            if (oldest != null) {
                chunkScheduler.notStarted(oldest, new OutOfMemoryError("no more threads"));
            } else {
                oldest = reports.poll();
                if (oldest == null) {
                    return false;
                }
                chunkScheduler.done(oldest, elapsedNs.get(oldest));
            }
            endMessage();
            return true;
        }
    }

    long nowNs = 1_000_000_000;
    final ChunkScheduler<Integer, String> chunkScheduler;

    /** Everybody who was ever hired; the last of each index is the one at work. */
    final List<Staff> staff = new ArrayList<>();

    final Set<String> granted = new LinkedHashSet<>();
    final Set<String> started = new LinkedHashSet<>();

    /** The first outcome of each job, as a ledger keeps it. */
    final Map<String, Outcome<String>> outcomes = new LinkedHashMap<>();

    /** Jobs granted in all, less those that came back. */
    long credited;

    boolean paused;

    /** Whether what delivers notices stands still, and what it has not delivered. */
    boolean tellsNobody;

    final Queue<Notice<Integer, String>> notices = new ArrayDeque<>();

    /** Whether runners are to be looked after, and how often that was done. */
    boolean needsLooks;

    int looks;

    /** How many more threads can be started. */
    int threadsLeft = Integer.MAX_VALUE;

    /** How often the user was told that there are too few. */
    int shortages;

    /** The most handlers that may run, abandoned ones apart: until those too many are done, as many as there were. */
    int bound;

    /** How the jobs of a batch are run; of those that are not in here, plainly. */
    final Map<Long, JobPolicy> policies = new HashMap<>();

    int replaced;
    int held;

    /** What was said of jobs that have run for long. */
    final List<String> longRuns = new ArrayList<>();

    private final Map<Long, Slice.BatchRef<String>> batches = new HashMap<>();
    private final Map<Long, Integer> nextIndex = new HashMap<>();

    /** What the scheduler has given back. */
    final Pending<String> returned = new Pending<>();

    /** Whether the scheduler has asked to go on with what takes long. */
    private boolean goesOn;

    private final LongWork work;

    /** Whether what takes long is left half done for a while. */
    final boolean inParts;

    ChunkSchedulerHarness(int workers, UnaryOperator<WorkerPoolSettings> changes) {
        this(workers, changes, Integer.MAX_VALUE / 2);
    }

    /** With so many steps for each message, and no more until the test says so. */
    ChunkSchedulerHarness(int workers, UnaryOperator<WorkerPoolSettings> changes, int steps) {
        work = new LongWork(() -> goesOn = true, steps);
        inParts = steps < Integer.MAX_VALUE / 2;
        WorkerPoolSettings settings = WorkerPoolSettings.create(ConfigFactory.load(), "workers")
                .withWorkers(workers)
                .withChunkBudget(Duration.ofNanos(BUDGET_NS))
                .withCancelGrace(Duration.ofNanos(GRACE_NS));
        chunkScheduler = new ChunkScheduler<>(changes.apply(settings), () -> nowNs, () -> nowNs, this, work);
        resize(workers);
    }

    private void endMessage() {
        work.endMessage();
        chunkScheduler.feed();
    }

    /** The scheduler goes on with what it has left half done; false if that is nothing. */
    boolean goOn() {
        boolean any = goesOn;
        if (any) {
            goesOn = false;
            work.goOn();
            endMessage();
        }
        return any;
    }

    void resize(int workers) {
        chunkScheduler.resize(workers);
        endMessage();
        bound = Math.max(bound, workers);
    }

    void pause() {
        paused = true;
        chunkScheduler.pause();
        endMessage();
        assertThat(chunkScheduler.wanted()).as("credit in a pause").isLessThanOrEqualTo(credited);
    }

    void resume() {
        paused = false;
        chunkScheduler.resume();
        endMessage();
    }

    @Override
    public void hire(Slot<Integer, String> slot) {
        Staff hired = new Staff(slot.index);
        staff.add(hired);
        slot.fill(hired.mailbox.getRef(), hired);
    }

    @Override
    public void dismiss(Slot<Integer, String> slot) {
        ((Staff) slot.runner()).shutdown();
    }

    @Override
    public void settle(Slice<String> slice, Outcome<String> outcome) {
        assertThat(slice.size()).isPositive();
        Slices.jobs(slice).forEach(job -> outcomes.putIfAbsent(job, outcome));
    }

    @Override
    public void acknowledge(Slice<String> slice, Outcomes<String> ended) {
        enter(slice, ended);
    }

    private void enter(Slice<String> slice, Outcomes<String> ended) {
        for (int i = 0; i < ended.size(); i++) {
            assertThat(ended.packedOutcome(i)).as("outcome %s of %s", i, slice).isNotNull();
            outcomes.putIfAbsent(Slices.jobs(slice.part(i, i + 1)).get(0), ended.get(i));
        }
    }

    @Override
    public void giveBack(Slice<String> slice, long upTo) {
        credited -= slice.size();
        assertThat(upTo).as("credit that is left").isLessThanOrEqualTo(credited);
        returned.giveBack(slice);
    }

    /** The dispatcher grants again what it was given back. */
    boolean grantReturned() {
        boolean any = false;
        // In the midst of a pause that is to end the scheduler asks for none, and would give them back once more.
        while (!returned.isEmpty() && !(inParts && chunkScheduler.wanted() <= credited)) {
            any = true;
            Slice<String> slice = returned.take(Integer.MAX_VALUE);
            credited += slice.size();
            chunkScheduler.receive(slice, returned.jobs());
        }
        endMessage();
        return any;
    }

    /** Delivers what it can. */
    void deliverNotices() {
        Notice<Integer, String> notice;
        while (!tellsNobody && (notice = notices.poll()) != null) {
            notice.deliver(() -> {});
        }
    }

    @Override
    public void shortOfThreads(int left, int workers, Throwable cause) {
        assertThat(workers).isEqualTo(chunkScheduler.workers());
        assertThat(left).isBetween(0, workers - chunkScheduler.lacking());
        assertThat(cause).isInstanceOf(OutOfMemoryError.class);
        shortages++;
    }

    @Override
    public void told(Assignment<Integer, String> assignment) {
        chunkScheduler.told(assignment);
        endMessage();
    }

    @Override
    public void runsLong(Assignment<Integer, String> assignment, int position, Supplier<String> doing) {
        longRuns.add(doing.get());
    }

    @Override
    public void abandoned(Assignment<Integer, String> assignment, Supplier<String> doing, boolean isReplaced) {
        replaced += isReplaced ? 1 : 0;
        held += isReplaced ? 0 : 1;
    }

    /** The dispatcher grants jobs, and says how many more it has. */
    void grant(long batchId, int jobs, long queued) {
        Slice.BatchRef<String> batch = batches.computeIfAbsent(
                batchId, id -> new Slice.BatchRef<>(id, null, policies.getOrDefault(id, JobPolicy.NONE)));
        int first = nextIndex.merge(batchId, jobs, Integer::sum) - jobs;
        Slice<String> slice = Slices.slice(batch, first, jobs);
        granted.addAll(Slices.jobs(slice));
        credited += jobs;
        chunkScheduler.receive(slice, queued);
        endMessage();
    }

    int grantedOf(long batchId) {
        return nextIndex.getOrDefault(batchId, 0);
    }

    void cancelBatch(long batchId) {
        returned.removeBatch(batchId, new Steps(Integer.MAX_VALUE), slice -> settle(slice, new Outcome.Cancelled<>(0)));
        chunkScheduler.stopBatch(batchId, StopReason.CANCELLED, true, 0);
        endMessage();
    }

    void cancelEverything() {
        while (!returned.isEmpty()) {
            settle(returned.take(Integer.MAX_VALUE), new Outcome.Cancelled<>(0));
        }
        chunkScheduler.stopEverything();
        endMessage();
    }

    void cancelJob(long batchId, int index) {
        Slice<String> queued = returned.removeJob(batchId, index);
        if (queued != null) {
            settle(queued, new Outcome.Cancelled<>(0));
        }
        chunkScheduler.cancelJob(batchId, index);
        endMessage();
    }

    void pass(long ns) {
        nowNs += ns;
        if (chunkScheduler.nextInspectionNs() <= nowNs) {
            chunkScheduler.inspect();
            endMessage();
        }
    }

    Slot<Integer, String> slot(int index) {
        return chunkScheduler.slots().get(index);
    }

    Staff worker(int index) {
        return (Staff) slot(index).runner();
    }

    /** The actor of a worker has stopped, and its runner ends with what it has begun. */
    void kill(int index) {
        worker(index).alive = false;
        chunkScheduler.vacate(slot(index));
        endMessage();
    }

    /** A worker takes its messages and begins its next job, unless it is at one. */
    void begin(int index) {
        Staff worker = worker(index);
        worker.receive();
        if (!worker.isBusy()) {
            worker.step();
        }
    }

    /** A worker works its first chunk off, at so much a job. */
    void finish(int index, long costNs) {
        Staff worker = worker(index);
        begin(index);
        while (worker.reports.isEmpty()) {
            nowNs += costNs;
            worker.step();
        }
        worker.report();
    }

    /** Sizes of the chunks that are out at a worker, without what has been recalled. */
    List<Integer> chunks(int index) {
        return slot(index).out.stream().map(out -> out.chunk.end()).toList();
    }

    /** Everything goes on until nothing is left to do; nobody is stubborn any more. */
    void settleDown() {
        goOn(false);
    }

    /** Everything goes on, and time too, but handlers that were told to stop do not return. */
    void settleDownButForTheStubborn() {
        for (int i = 0; i < 3; i++) { // a handler that is told while others hang has its own time
            goOn(true);
            pass(GRACE_NS);
        }
        goOn(true);
    }

    private void goOn(boolean stubborn) {
        resume();
        boolean any = true;
        while (any) {
            any = goOn();
            any |= grantReturned();
            for (Staff each : List.copyOf(staff)) {
                any |= each.receive();
                any |= !(stubborn && each.told) && each.step();
                any |= each.report();
            }
        }
    }
}
