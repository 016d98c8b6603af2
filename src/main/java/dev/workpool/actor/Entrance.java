package dev.workpool.actor;

import dev.workpool.WhenFull;
import dev.workpool.WorkerPoolSettings;
import java.util.Locale;
import java.util.concurrent.Executor;

/**
 * Where threads that are no actors hand jobs in: those that there is room for go to the intake, the others' fate is the settings'.
 * Thread-safe.
 */
public final class Entrance<J, R> {
    private final String pool;
    private final WhenFull whenFull;
    private final Admission admission;
    private final Intake<J, R> intake;
    private final CallerRuns<J, R> callerRuns;
    private final Executor callbacks;

    Entrance(
            WorkerPoolSettings settings,
            Admission admission,
            Intake<J, R> intake,
            CallerRuns<J, R> callerRuns,
            Executor callbacks) {
        this.pool = settings.name();
        this.whenFull = settings.whenFull();
        this.admission = admission;
        this.intake = intake;
        this.callerRuns = callerRuns;
        this.callbacks = callbacks;
    }

    /**
     * Hands a job in.
     *
     * @param single the job, which has its outcome in any case
     * @throws IllegalStateException if this thread would have to wait and must not
     */
    public void submit(Single<J, R> single) {
        if (admission.isUnlimited() || whenFull == WhenFull.DROP_OLDEST || admission.tryAdmit(1)) {
            single.admitted = whenFull != WhenFull.DROP_OLDEST;
            intake.offer(single);
            return;
        }
        switch (whenFull) {
            case BLOCK -> {
                if (waitFor(1)) {
                    single.admitted = true;
                    intake.offer(single);
                } else {
                    refuse(single, 1, interrupted());
                }
            }
            case CALLER_RUNS -> {
                checkThread("would run the job");
                single.ran = callerRuns.run(single.job()).get(0);
                intake.offer(single);
            }
            default -> refuse(single, 1, admission.reason(pool));
        }
    }

    /**
     * Hands a batch in.
     *
     * @param batch the jobs, which have their outcomes in any case
     * @throws IllegalStateException if this thread would have to wait and must not
     */
    public void submit(BatchSubmission<J, R> batch) {
        if (admission.isUnlimited() || whenFull == WhenFull.DROP_OLDEST || admission.tryAdmit(batch.size())) {
            batch.admitted = whenFull != WhenFull.DROP_OLDEST;
            intake.offer(batch);
        } else if (whenFull == WhenFull.CALLER_RUNS) {
            checkThread("would run jobs");
            while (!admission.tryAdmit(batch.open())) {
                batch.runLast(callerRuns);
            }
            batch.admitted = true;
            intake.offer(batch);
        } else if (batch.size() > admission.capacity()) {
            refuse(batch, batch.size(), admission.tooLarge(pool, batch.size()));
        } else if (whenFull == WhenFull.BLOCK) {
            if (waitFor(batch.size())) {
                batch.admitted = true;
                intake.offer(batch);
            } else {
                refuse(batch, batch.size(), interrupted());
            }
        } else {
            refuse(batch, batch.size(), admission.reason(pool));
        }
    }

    private boolean waitFor(long jobs) {
        checkThread("would wait for room");
        if (BlockingRunner.isThreadOf(intake)) {
            throw new IllegalStateException("a handler of pool '" + pool
                    + "' would wait for room in the queue of its own pool, and keep the worker that could make some;"
                    + " use another pool, or another value of when-full");
        }
        try {
            admission.admit(jobs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void checkThread(String what) {
        if (ActorThread.isCurrent()) {
            throw new IllegalStateException("the queue of pool '" + pool + "' is full, and an actor's thread " + what
                    + ", since when-full = "
                    + whenFull.name().toLowerCase(Locale.ROOT).replace('_', '-')
                    + "; tell the pool's ref() a PoolCommand instead, or set when-full = reject");
        }
    }

    private String interrupted() {
        return "the thread that waited for room in the queue of pool '" + pool + "' was interrupted";
    }

    private void refuse(Request<J, R> request, long jobs, String reason) {
        admission.reject(jobs);
        Request.Closed full = new Request.Closed(reason, null);
        callbacks.execute(() -> request.refuse(full));
    }
}
