package dev.workpool.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a callback does that should not: mostly nothing. */
final class BadCallback {
    private static final int SELDOM = 12;

    private final Model model;
    private final SplittableRandom random;

    BadCallback(Model model, long seed) {
        this.model = model;
        this.random = new SplittableRandom(seed);
    }

    /** May throw anything. */
    void run(Submitted owner) {
        if (model.scenario.has(Trait.SELF_INTERRUPTS) && random.nextInt(SELDOM) == 0) {
            Thread.currentThread().interrupt();
        }
        if (model.scenario.has(Trait.CANCELS) && random.nextInt(SELDOM) == 0) {
            owner.cancel(random);
        }
        if (!model.scenario.has(Trait.BAD_CALLBACKS) || random.nextInt(3) > 0) {
            return;
        }
        switch (random.nextInt(5)) {
            case 0 -> LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(1_000)));
            case 1 -> submit();
            case 2 -> {
                model.target.stats();
                if (model.target.pool() != null) {
                    model.onSnapshot(model.target.pool().snapshot());
                }
            }
            default -> throw Attempts.sneaky(model.throwables.make(random.nextInt(Throwables.KINDS), "of a callback"));
        }
    }

    private void submit() {
        boolean mayBlock = model.scenario.blocks(); // then all callbacks might wait for room, which is as documented
        if (model.scenario.has(Trait.NESTS) && !model.target.isActor() && !mayBlock) {
            new SubmittedSingle(model, 2, random).submit();
        }
    }
}
