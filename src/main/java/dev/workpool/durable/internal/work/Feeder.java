package dev.workpool.durable.internal.work;

import dev.workpool.codec.JobCodec;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.store.Queues.Codec;
import dev.workpool.durable.internal.work.Piece.Ended;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives held jobs to the pool: decodes them, submits them, and makes parts of their outcomes. Does so on one thread of
 * its own, since decoding is users' code, and a full pool may make it wait. {@code pieceJobs} and {@code
 * gate} are that thread's alone.
 */
final class Feeder<J> {
    private static final Logger log = LoggerFactory.getLogger(Feeder.class);
    private static final long PAUSE_MS = 50;

    /** As {@link BatchOptions#withPriority} allows: a queue has more of them than a pool. */
    private static final int MOST_PRIORITY = 10;

    private final Runner<J> runner;
    private final JobCodec<J> codec;
    private final BatchOptions options;
    private final RetryPlan retries;
    private final Settler settler;
    private final BiConsumer<Held<J>, Part> parts;
    private final ExecutorService thread;
    private final Gate<J> gate;
    private final Throttle throttle;

    /** How many jobs the pool takes at once, as far as it has shown. */
    private int pieceJobs = Integer.MAX_VALUE;

    /**
     * A feeder.
     *
     * @param throttle says how many jobs may run
     * @param starved is told when jobs wait for permits
     * @param isKeyed whether no two pieces of a segment may run beside each other
     * @param parts is told what has become of jobs; each job of a held segment is in one part
     */
    Feeder(
            String queue,
            Runner<J> runner,
            JobCodec<J> codec,
            BatchOptions options,
            RetryPlan retries,
            Settler settler,
            Throttle throttle,
            Runnable starved,
            boolean isKeyed,
            BiConsumer<Held<J>, Part> parts) {
        this.runner = runner;
        this.codec = codec;
        this.options = options;
        this.retries = retries;
        this.settler = settler;
        this.parts = parts;
        this.throttle = throttle;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "workpool-queue-" + queue);
            created.setDaemon(true);
            return created;
        });
        this.gate = new Gate<>(throttle, isKeyed, thread, starved, new Gate.Exit<>() {
            @Override
            public void submit(Waiting<J> of, long[] numbers, List<J> jobs) {
                Feeder.this.submitAll(of.held, of.block, numbers, jobs);
            }

            @Override
            public void giveBack(Waiting<J> of, long[] numbers) {
                boolean isCancelled = of.held.isCancelled(numbers[0]);
                Outcome<?> outcome =
                        isCancelled ? new Outcome.Cancelled<>(0) : new Outcome.Rejected<>("it has not begun");
                parts.accept(of.held, settler.part(of.held, of.block, ended(numbers, outcome), 0));
            }
        });
    }

    /** What waits for permits, and how many jobs the pool has. */
    Gate<J> gate() {
        return gate;
    }

    private static List<Ended> ended(long[] numbers, Outcome<?> outcome) {
        List<Ended> ended = new ArrayList<>(numbers.length);
        for (long number : numbers) {
            ended.add(new Ended(number, outcome));
        }
        return ended;
    }

    /** Has the jobs of a segment run, which were encoded by a codec. */
    void feed(Held<J> held, Codec encodedBy) {
        thread.execute(() -> {
            JobBlock block;
            try {
                block = JobBlock.read(held.encoded);
            } catch (DamagedBlock e) {
                allFail(held, e);
                return;
            }
            decode(held, block, encodedBy);
        });
    }

    private void allFail(Held<J> held, DamagedBlock e) {
        List<Ended> failed = new ArrayList<>();
        held.claimed.jobs().forEach(number -> failed.add(new Ended(number, new Outcome.Failed<>(e, 0))));
        parts.accept(held, settler.part(held, JobBlock.EMPTY, failed, 0));
    }

    private void decode(Held<J> held, JobBlock block, Codec encodedBy) {
        List<Ended> undecodable = new ArrayList<>();
        long[] numbers = held.claimed.jobs().indices();
        List<J> jobs = new ArrayList<>(numbers.length);
        int decoded = 0;
        for (long number : numbers) {
            try {
                J job = codec.decode(encodedBy.version(), block.job((int) (number - held.claimed.firstJob())));
                if (job == null) {
                    throw new IllegalStateException("the codec returned null");
                }
                jobs.add(job);
                numbers[decoded++] = number;
            } catch (
                    Throwable e) { // users' code: a class that is missing must not hold up the others, nor this job for
                // ever
                undecodable.add(new Ended(
                        number,
                        new Outcome.Failed<>(
                                new UndecodableJob(
                                        "the job cannot be decoded by " + codec + " from version " + encodedBy.version()
                                                + ": " + e,
                                        e),
                                0)));
            }
        }
        if (!undecodable.isEmpty()) {
            parts.accept(held, settler.part(held, block, undecodable, 0));
        }
        if (decoded > 0) {
            submit(held, block, Arrays.copyOf(numbers, decoded), jobs);
        }
    }

    /** At once, or as soon as they may begin by the queue's limits. */
    private void submit(Held<J> held, JobBlock block, long[] numbers, List<J> jobs) {
        if (gate.isOpen()) {
            submitAll(held, block, numbers, jobs);
        } else {
            gate.add(held, block, numbers, jobs);
        }
    }

    private void submitAll(Held<J> held, JobBlock block, long[] numbers, List<J> jobs) {
        if (held.cancelsJobs()) {
            submitWanted(held, block, numbers, jobs);
        } else {
            submitPieces(held, block, numbers, jobs);
        }
    }

    /** Without those that were cancelled before the pool was given them. */
    private void submitWanted(Held<J> held, JobBlock block, long[] numbers, List<J> jobs) {
        List<Ended> cancelled = new ArrayList<>();
        long[] wanted = new long[numbers.length];
        List<J> wantedJobs = new ArrayList<>(numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            if (held.isCancelled(numbers[i])) {
                cancelled.add(new Ended(numbers[i], new Outcome.Cancelled<>(0)));
            } else {
                wanted[wantedJobs.size()] = numbers[i];
                wantedJobs.add(jobs.get(i));
            }
        }
        if (!cancelled.isEmpty()) {
            parts.accept(held, settler.part(held, block, cancelled, 0));
        }
        if (!wantedJobs.isEmpty()) {
            submitPieces(held, block, Arrays.copyOf(wanted, wantedJobs.size()), wantedJobs);
        }
    }

    private void submitPieces(Held<J> held, JobBlock block, long[] numbers, List<J> jobs) {
        BatchOptions asked = retries.options(prioritized(held), held.claimed.attempts());
        for (int from = 0; from < numbers.length; ) {
            boolean isWhole = held.claimed.lane() >= 0; // its order is the pool's to keep
            int to = isWhole ? numbers.length : (int) Math.min(numbers.length, (long) from + pieceJobs);
            long[] some = Arrays.copyOfRange(numbers, from, to);
            submitPiece(held, block, some, jobs.subList(from, to), asked);
            from = to;
        }
    }

    /** With the priority of the jobs as far as pools have one, unless their order is another. */
    private BatchOptions prioritized(Held<J> held) {
        int priority = held.claimed.lane() >= 0 ? 0 : held.claimed.priority();
        return options.withPriority(Math.max(-MOST_PRIORITY, Math.min(options.priority() + priority, MOST_PRIORITY)));
    }

    private void submitPiece(Held<J> held, JobBlock block, long[] numbers, List<J> jobs, BatchOptions asked) {
        if (held.givesBack) { // told before the pool was given it: then none of it may begin
            List<Ended> cancelled = new ArrayList<>();
            for (long number : numbers) {
                cancelled.add(new Ended(number, new Outcome.Cancelled<>(0)));
            }
            parts.accept(held, settler.part(held, block, cancelled, 0));
            return;
        }
        PermitCheck permits = new PermitCheck(held.startCheck, throttle);
        try {
            runner.run(
                    held.claimed,
                    numbers,
                    jobs,
                    asked.withStartCheck(permits),
                    new Runner.Starter() {
                        @Override
                        public <T> Piece<T> piece(List<T> ofJobs) {
                            Piece<T> piece = new Piece<>(held, numbers, ofJobs, permits, gate::jobEnded);
                            gate.given(piece);
                            held.given.add(new Given<>(piece, jobs));
                            if (held.isCancelled || held.givesBack) { // told before it was there
                                piece.cancel();
                            } else if (held.cancelsJobs()) {
                                Arrays.stream(numbers).filter(held::isCancelled).forEach(piece::cancel);
                            }
                            return piece;
                        }
                    },
                    (piece, ended) -> ended(held, block, piece, jobs, ended));
        } catch (RuntimeException | Error e) { // the stack's end, or a propagator of contexts
            log.error(
                    "Jobs of batch {} could not be given to pool {}; they are released.",
                    held.claimed.batch(),
                    runner.pool(),
                    e);
            held.given.stream()
                    .filter(each -> each.piece().numbers() == numbers)
                    .forEach(each -> gate.over(each.piece()));
            List<Ended> released = ended(numbers, new Outcome.Rejected<>("not submitted"));
            parts.accept(held, settler.part(held, block, released, PAUSE_MS));
        }
    }

    /** Called by a pool's callback thread when all jobs of a piece have ended. */
    private void ended(Held<J> held, JobBlock block, Piece<?> piece, List<J> jobs, List<Ended> ended) {
        List<Ended> all = new ArrayList<>(ended);
        for (long number : piece.missing()) { // of a stream that was ended before it came to them
            all.add(new Ended(number, new Outcome.Cancelled<>(0)));
        }
        held.given.removeIf(each -> each.piece() == piece);
        endTurn(held, all); // before the gate looks for what may begin next
        gate.over(piece);
        settle(held, block, piece, jobs, all);
    }

    /** What waits at the gate of a lane must not overtake jobs that go back to the store for their next attempt. */
    private static void endTurn(Held<?> held, List<Ended> ended) {
        if (held.claimed.lane() >= 0 && ended.stream().anyMatch(each -> each.failedAttempts() > 0)) {
            held.givesBack = true; // the actor does the rest when it is told of them
        }
    }

    /**
     * Jobs that a full pool did not take are submitted again after a pause, with fewer at a time. Those that were taken
     * back from the pool, since they are too many by now, or that lacked a permit when a worker came to them, wait for
     * permits.
     */
    private void settle(Held<J> held, JobBlock block, Piece<?> piece, List<J> jobs, List<Ended> ended) {
        List<Ended> over = new ArrayList<>(ended);
        if (runner.hasEnded()) { // what it had is cancelled, as if begun
            over.replaceAll(each -> new Ended(each.number(), each.outcome()));
        }
        List<Ended> rejected = new ArrayList<>();
        List<Ended> recalled = new ArrayList<>();
        if (!runner.hasEnded() && !held.givesBack && !held.isCancelled) {
            over.removeIf(each -> each.outcome() instanceof Outcome.Rejected && rejected.add(each));
            over.removeIf(each -> each.outcome() instanceof Outcome.Cancelled
                    && each.outcome().attempts() == 0
                    && piece.isTakenBack()
                    && recalled.add(each));
        }
        if (!over.isEmpty()) {
            parts.accept(held, settler.part(held, block, over, 0));
        }
        if (!recalled.isEmpty()) {
            long[] numbers = recalled.stream().mapToLong(Ended::number).toArray();
            List<J> again = jobsOf(piece, jobs, numbers);
            thread.execute(() -> submit(held, block, numbers, again));
        }
        if (!rejected.isEmpty()) {
            long[] numbers = rejected.stream().mapToLong(Ended::number).toArray();
            List<J> again = jobsOf(piece, jobs, numbers);
            CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS, thread)
                    .execute(() -> {
                        pieceJobs = Math.max(1, Math.min(pieceJobs, numbers.length) / 2);
                        submit(held, block, numbers, again);
                    });
        }
    }

    private static <J> List<J> jobsOf(Piece<?> piece, List<J> jobs, long[] numbers) {
        List<J> some = new ArrayList<>(numbers.length);
        for (long number : numbers) {
            some.add(jobs.get(Arrays.binarySearch(piece.numbers(), number)));
        }
        return some;
    }

    /** Makes a part of the outcomes that have come of a segment of which others still run. */
    void takeEnded(Held<J> held) {
        thread.execute(() -> {
            JobBlock block = JobBlock.read(held.encoded);
            for (Given<J> given : held.given) {
                List<Ended> ended = given.piece().takeEnded();
                endTurn(held, ended);
                if (!ended.isEmpty()) {
                    settle(held, block, given.piece(), given.jobs(), ended);
                }
            }
        });
    }

    /** A piece and the jobs that it was made of. */
    record Given<J>(Piece<?> piece, List<J> jobs) {}

    void close() {
        thread.shutdown();
    }
}
