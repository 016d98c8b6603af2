package dev.workpool.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Ends a round's pool as its scenario says, and waits until it is gone. */
final class Endings {
    private final World world;
    private final Model model;
    private final Watch watch;
    private final SplittableRandom random;
    private final Target target;

    Endings(World world, Model model, Watch watch, SplittableRandom random) {
        this.world = world;
        this.model = model;
        this.watch = watch;
        this.random = random;
        this.target = model.target;
    }

    void end() {
        Ending ending = model.scenario.ending;
        if (!ending.cancels) {
            model.target.limit(java.util.Optional.empty());
        }
        model.willEnd(ending.cancels);
        switch (ending) {
            case DRAIN -> drain();
            case ABORT -> watch.await(target.abort(), "abort() does not complete", "");
            case CLOSE -> joined(closer());
            case CLOSE_PATIENTLY -> {
                Thread closer = closer();
                release();
                joined(closer);
            }
            case CLOSE_TWICE -> {
                Thread first = closer();
                Thread second = closer();
                joined(first);
                joined(second);
            }
            case CLOSE_INTERRUPTED -> {
                Thread closer = closer();
                LockSupport.parkNanos(random.nextInt(3_000_000));
                closer.interrupt();
                joined(closer);
            }
            case DRAIN_AND_ABORT -> {
                target.drain();
                LockSupport.parkNanos(random.nextInt(3_000_000));
                watch.await(target.abort(), "abort() does not complete", "");
            }
            case STOP_POOL -> stop("");
            case STOP_CHILDREN -> stop("/*");
            case STOP_GRANDCHILDREN -> stop("/*/*");
            case TERMINATE -> terminate();
            case TERMINATE_AND_CLOSE -> {
                world.system().terminate();
                if (!target.isActor()) {
                    joined(closer());
                }
                terminate();
            }
            case GUARDIAN_STOPS -> {
                world.stopGuardian();
                terminate();
            }
        }
        model.ended = true;
    }

    /** From here on nothing hangs, whether it was told to stop or not. */
    private void release() {
        LockSupport.parkNanos(random.nextInt(2_000_000));
        model.released.countDown();
    }

    private void drain() {
        var drained = target.drain();
        release();
        watch.await(drained, "drain() does not complete", "");
    }

    private void stop(String pattern) {
        world.stopFromOutside(target.ref, pattern, random.nextBoolean());
        var drained = target.drain();
        release();
        watch.await(drained, "drain() does not complete after actors were stopped", "");
    }

    private void terminate() {
        world.system().terminate();
        watch.await(world.system().getWhenTerminated(), "the actor system does not end", "");
        if (!target.isActor()) {
            watch.await(target.drain(), "drain() does not complete after the system has ended", "");
        }
    }

    private Thread closer() {
        Thread closer = new Thread(
                () -> {
                    boolean interruptedBefore = Thread.currentThread().isInterrupted();
                    target.pool().close();
                    if (interruptedBefore && !Thread.currentThread().isInterrupted()) {
                        model.findings.add("close() swallows an interrupt", "");
                    }
                },
                "fuzz-closer");
        closer.setDaemon(true);
        closer.start();
        return closer;
    }

    private void joined(Thread closer) {
        watch.await(() -> !closer.isAlive(), "close() does not return", "");
    }
}
