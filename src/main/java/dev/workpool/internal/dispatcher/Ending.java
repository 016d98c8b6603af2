package dev.workpool.internal.dispatcher;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.util.SafeLog;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a pool: takes no more jobs, finishes or cancels those that it has, stops the router, and answers everybody who
 * waits. Confined to the dispatcher's thread.
 */
final class Ending<J, R> {
    /** How far a pool is on its way to its end. */
    private enum Phase {
        OPEN,
        DRAINING,
        /** Every job has its outcome, and the router is being stopped. */
        STOPPING
    }

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final String pool;
    private final Executor callbacks;
    private final Supplier<Cancellable> startCloseTimer;
    private final ActorRef<Router.Command<R>> router;
    private final Backlog<J, R> backlog;
    private final Granting<J, R> granting;
    private final PoolController<J, R> poolController;
    private final AdmissionControl<J, R> admissionControl;
    private final StatsRequests statsRequests;

    private Phase phase = Phase.OPEN;
    private String closedReason;
    private final List<Runnable> awaitingEnd = new ArrayList<>();

    /** Null until it is started. */
    private Cancellable closeTimer;

    /**
     * A pool that is open.
     *
     * @param startCloseTimer starts the time that a pool has that is closed; after it, {@link #abort} is to be called
     */
    Ending(
            WorkerPoolSettings settings,
            Executor callbacks,
            Supplier<Cancellable> startCloseTimer,
            ActorRef<Router.Command<R>> router,
            Backlog<J, R> backlog,
            Granting<J, R> granting,
            PoolController<J, R> poolController,
            AdmissionControl<J, R> admissionControl,
            StatsRequests statsRequests) {
        this.pool = settings.name();
        this.closedReason = "pool '" + pool + "' was stopped";
        this.callbacks = callbacks;
        this.startCloseTimer = startCloseTimer;
        this.router = router;
        this.backlog = backlog;
        this.granting = granting;
        this.poolController = poolController;
        this.admissionControl = admissionControl;
        this.statsRequests = statsRequests;
    }

    /** Whether the pool takes jobs. */
    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Whether all jobs have their outcomes, and the router may hear nothing more. */
    boolean isStopping() {
        return phase == Phase.STOPPING;
    }

    /** The reason of rejections by a pool that takes no jobs. */
    Request.Closed closed() {
        return new Request.Closed(closedReason, statsRequests.latest());
    }

    /** Begins to end the pool, or ends it sooner than was asked for before. */
    void end(Request.End<J, R> request) {
        awaitingEnd.add(request.onEnd());
        takeNoMore();
        switch (request.how()) {
            case DRAIN -> {}
            case CLOSE -> {
                if (closeTimer == null) {
                    closeTimer = startCloseTimer.get();
                }
            }
            case ABORT -> poolController.stopEverything();
        }
    }

    /** Cancels the jobs that a closed pool has not finished within its close-timeout. */
    void abort() {
        takeNoMore();
        poolController.stopEverything();
    }

    private void takeNoMore() {
        if (phase == Phase.OPEN) {
            phase = Phase.DRAINING;
            admissionControl.close();
            closedReason = "pool '" + pool + "' is closed";
            endInputs();
        }
        granting.resume(); // what is paused would not end
    }

    /** Takes no more jobs from the sources of streams. Jobs that were taken are run. */
    private void endInputs() {
        backlog.streams().endInputs(new RejectedExecutionException(closedReason + "; not all of the input was taken"));
    }

    /** Called after every change: a pool that ends and has no job open stops its router. */
    void stopIfDone() {
        if (phase == Phase.DRAINING && backlog.isEmpty()) {
            phase = Phase.STOPPING;
            router.tell(new Router.TakeCensus<>()); // the last: handlers that were abandoned may be left
        }
    }

    /** Names the fault by which the pool ends, since a child has stopped that should not have. */
    String fault(ActorRef<Void> child) {
        closedReason =
                "pool '" + pool + "' has ended, since its " + child.path().name() + " stopped; see the log";
        return closedReason;
    }

    /** Completes whatever is open, however the pool came to its end; its children are gone. */
    void complete(Requests<J, R> requests) {
        if (closeTimer != null) {
            closeTimer.cancel();
        }
        admissionControl.end();
        inAnyCase(this::endInputs);
        inAnyCase(backlog::settleAll);
        statsRequests.end();
        Request.Closed closed = closed();
        inAnyCase(statsRequests::answer);
        awaitingEnd.forEach(this::inAnyCase);
        inAnyCase(() -> requests.end(closed));
    }

    /** Each step of the end is run even if an earlier one fails, since somebody waits for each. */
    private void inAnyCase(Runnable step) {
        try {
            step.run();
        } catch (Throwable t) {
            callbacks.execute(() -> SafeLog.error(LOG, "A step of the end of pool '" + pool + "' failed", t));
        }
    }
}
