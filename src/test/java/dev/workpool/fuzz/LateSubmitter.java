package dev.workpool.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Goes on submitting while the pool ends, and a little after. */
final class LateSubmitter implements Runnable {
    private static final int MOST = 60;

    private final Model model;
    private final SplittableRandom random;

    LateSubmitter(Model model, SplittableRandom random) {
        this.model = model;
        this.random = random;
    }

    @Override
    public void run() {
        int after = 10;
        for (int i = 0; i < MOST && after > 0; i++) {
            if (model.ended) {
                after--;
            }
            switch (random.nextInt(4)) {
                case 0 -> new SubmittedBatch(model, random.nextInt(10), 0, random).submit();
                case 1 -> new SubmittedStream(model, random.nextInt(10), random).submit();
                default -> new SubmittedSingle(model, 0, random).submit();
            }
            LockSupport.parkNanos(random.nextInt(300_000));
        }
    }
}
