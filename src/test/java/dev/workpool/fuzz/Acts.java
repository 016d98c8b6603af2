package dev.workpool.fuzz;

import dev.workpool.fuzz.Plan.Act;
import dev.workpool.job.JobContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a handler does before it ends. */
final class Acts {
    private static final int MOST_DEEP_JOBS = 40;
    private static final int DEEPEST_LEVEL = 2;

    private final Call call;
    private final Model model;
    private final SplittableRandom random;

    /** Whether this thread may be held up: of a worker, or one of nobody's. */
    private final boolean mayBlock;

    /** Whether an interrupt comes to this thread when the job is cancelled. */
    private final boolean isInterrupted;

    Acts(Call call, boolean mayBlock, boolean isInterrupted) {
        this.call = call;
        this.model = call.model;
        this.random = new SplittableRandom(call.job.plan.seed + call.attempt);
        this.mayBlock = mayBlock;
        this.isInterrupted = isInterrupted;
    }

    /** Does all of them in turn. Who runs a job of its own does the harmless ones only, since nobody can stop it. */
    void perform() throws Exception {
        for (Act act : call.job.plan.acts) {
            boolean harmless = act == Act.MEET || act == Act.SPIN || act == Act.ALLOCATE || act == Act.LISTEN;
            if (harmless || !call.byCaller) {
                perform(act);
            }
        }
    }

    private void perform(Act act) throws Exception {
        switch (act) {
            case SPIN -> spin();
            case NAP -> nap();
            case ALLOCATE -> allocate();
            case LISTEN -> listen();
            case HANG -> hang();
            case IGNORE_FOR_A_WHILE -> ignoreUntil(System.nanoTime() + random.nextInt(8_000_000));
            case IGNORE -> ignoreUntil(Long.MAX_VALUE);
            case CANCEL_OWN -> call.job.owner.cancel(random);
            case CANCEL_ANOTHER -> cancelAnother();
            case CLOSE_OWN_POOL -> closeOwnPool();
            case DRAIN_OWN_POOL -> {
                model.willEnd(false);
                model.target.drain();
            }
            case ABORT_OWN_POOL -> {
                model.willEnd(true);
                model.target.abort();
            }
            case RESIZE -> {
                int workers = 1 + random.nextInt(6);
                model.willResize(workers);
                model.target.resize(workers);
            }
            case PAUSE -> model.target.pause();
            case LIMIT ->
                model.target.limit(random.nextBoolean() ? Optional.empty() : Optional.of(Scenario.rate(random)));
            case SLOW_DOWN -> slowDown();
            case NEST -> nest();
            case NEST_BATCH -> nestBatch();
            case NEST_DEEP -> nestDeep();
            case WAIT_FOR_OWN_POOL -> waitForOwnPool();
            case MEET -> meet();
            case INTERRUPT_SELF -> Thread.currentThread().interrupt();
        }
    }

    private void spin() {
        for (int i = random.nextInt(1 << (1 + random.nextInt(16))); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    private void nap() throws InterruptedException {
        if (mayBlock && model.released.await(random.nextInt(500), TimeUnit.MICROSECONDS)) {
            spin();
        }
    }

    private void allocate() {
        List<byte[]> some = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            some.add(new byte[random.nextInt(10_000)]);
        }
        if (some.size() > MOST_DEEP_JOBS) {
            throw new AssertionError("too many");
        }
    }

    private void listen() {
        if (call.context != null) {
            long seed = random.nextLong();
            call.context.onCancel(() -> {
                // At once and here, if the job is cancelled already.
                model.onCallback("onCancel action");
                call.job.owner.checkContext("onCancel action");
                if (Where.onCallback()) {
                    new BadCallback(model, seed).run(call.job.owner);
                }
            });
        }
    }

    /** Until it is told to stop, or the round is at its end. */
    private void hang() throws InterruptedException {
        if (!mayBlock) {
            return;
        }
        if (isInterrupted) {
            model.released.await();
            return;
        }
        while (!model.released.await(100, TimeUnit.MICROSECONDS)) {
            if (call.isCancelled()) {
                throw new java.util.concurrent.CancellationException("told to stop");
            }
        }
    }

    private void ignoreUntil(long timeNs) {
        boolean interrupted = false;
        while (mayBlock && model.released.getCount() > 0 && System.nanoTime() < timeNs) {
            LockSupport.parkNanos(100_000);
            interrupted |= Thread.interrupted(); // else parking does not wait
        }
        if (interrupted && random.nextBoolean()) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancelAnother() {
        Submitted[] all = model.submitted().toArray(Submitted[]::new);
        if (all.length > 0) {
            all[random.nextInt(all.length)].cancel(random);
        }
    }

    private void closeOwnPool() {
        try {
            model.target.pool().close();
            model.findings.add("close() returns to a handler of the same pool", call.job.text());
        } catch (IllegalStateException e) {
            // As it is said to.
        }
    }

    private void slowDown() {
        JobContext context = call.context;
        if (context != null) {
            context.slowDown(Duration.ofMillis(random.nextInt(20) - 1)); // −1 fails the job
        }
    }

    private void meet() throws InterruptedException {
        CountDownLatch meeting = model.meeting;
        meeting.countDown();
        if (!meeting.await(Watch.BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the others have not come");
        }
    }

    private boolean mayNest() {
        return call.job.level < DEEPEST_LEVEL;
    }

    private void nest() {
        for (int i = random.nextInt(4); i > 0 && mayNest(); i--) {
            new SubmittedSingle(model, call.job.level + 1, random).submit();
        }
    }

    private void nestBatch() {
        if (mayNest()) {
            SubmittedBatch batch = new SubmittedBatch(model, random.nextInt(20), call.job.level + 1, random);
            batch.submit();
            if (call.context != null && random.nextBoolean()) {
                batch.childOf(call.context);
            }
        }
    }

    private void nestDeep() {
        if (mayNest()) {
            submitNearTheEndOfTheStack(model, call.job.level + 1, random);
        }
    }

    /** Submits jobs one after another from where there is hardly any stack left, until it has been enough for one. */
    static void submitNearTheEndOfTheStack(Model model, int level, SplittableRandom random) {
        SubmittedSingle[] singles = new SubmittedSingle[MOST_DEEP_JOBS];
        for (int i = 0; i < singles.length; i++) {
            singles[i] = new SubmittedSingle(model, level, random);
        }
        int[] next = {0};
        Deep.atTheEndOfTheStack(
                () -> {
                    if (next[0] == singles.length) {
                        return true;
                    }
                    singles[next[0]++].submitOrOverflow();
                    return true;
                },
                1 + random.nextInt(6));
        for (SubmittedSingle single : singles) {
            single.keepIfSubmitted();
        }
    }

    /** Which is noticed, unless the other job is done. */
    private void waitForOwnPool() throws InterruptedException {
        if (!mayNest()) {
            return;
        }
        SubmittedSingle single = new SubmittedSingle(model, call.job.level + 1, random);
        single.submit();
        CompletableFuture<?> future = single.future();
        if (future == null) {
            return;
        }
        try {
            future.get(Watch.BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            model.findings.add("a handler waits for its own pool unnoticed", call.job.text());
        } catch (IllegalStateException | ExecutionException | CompletionException e) {
            // As it is said to, or the other job's own.
        }
    }
}
