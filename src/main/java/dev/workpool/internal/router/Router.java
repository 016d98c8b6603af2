package dev.workpool.internal.router;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.internal.akka.DeadlineTimer;
import dev.workpool.internal.akka.FineTimer;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.Task;
import dev.workpool.internal.worker.Worker;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolProblem.Kind;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where jobs run: the actor that is the parent of N workers. It cuts slices into chunks, keeps each worker fed,
 * takes work back from busy workers for idle ones, recalls overdue chunks, cancels, abandons, and replaces workers.
 *
 * <p>This file is the wiring: what each message does, from top to bottom. {@link ChunkScheduler} knows the workers and
 * moves chunks.
 */
public final class Router<J, R> extends AbstractBehavior<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    /** A message to a router. None carries a function, a thread or a lock. If the router is gone, so is the pool. */
    public sealed interface Command<R> extends DeadLetterSuppression {}

    /**
     * Runs jobs, which were demanded.
     *
     * @param slice the jobs
     * @param queued how many more jobs the dispatcher has
     * @param weights of the batches with jobs of this priority, together: what the pool is worth where it shares workers
     */
    public record Grant<R>(Slice<R> slice, long queued, long weights) implements Command<R> {}

    /**
     * Stops the jobs of a batch that the router was granted.
     *
     * @param batchId the batch
     * @param reason why
     * @param running whether those that run, too
     * @param queued how many jobs the dispatcher still has
     */
    public record StopBatch<R>(long batchId, StopReason reason, boolean running, long queued) implements Command<R> {}

    /**
     * Stops one job, if the router still has it.
     *
     * @param batchId its batch
     * @param index its index in the batch
     */
    public record CancelJob<R>(long batchId, long index) implements Command<R> {}

    /** Tells that the dispatcher has no more jobs, though the last grant said so. */
    public record NothingQueued<R>() implements Command<R> {}

    /** Changes how many workers there are. */
    public record Resize<R>(int workers) implements Command<R> {}

    /** Starts no more jobs: those that have not begun go back. */
    public record Pause<R>() implements Command<R> {}

    /** Cancels every job; none is granted any more. */
    public record StopEverything<R>() implements Command<R> {}

    /** Every job has its outcome: the workers leave, and then the router stops. */
    public record End<R>() implements Command<R> {}

    /** Ends a pause. */
    public record Resume<R>() implements Command<R> {}

    /** Reports that a downstream service is overloaded, for example by HTTP 429. */
    public record Overloaded<R>() implements Command<R> {}

    /** The grace of handlers that were told to stop is over, whatever the pool's clock says. */
    public record GraceIsOver<R>() implements Command<R> {}

    /** Asks what is going on. */
    public record TakeCensus<R>() implements Command<R> {}

    /** A message of a router to its dispatcher. */
    public sealed interface Event extends DeadLetterSuppression {}

    /**
     * Credit: the dispatcher may grant jobs until it has granted this many since the router started.
     *
     * @param upTo a total, so that a message that crosses a grant cannot count twice
     * @param worth fewer jobs than this are worth no grant yet: 1 if a worker is idle
     * @param turn how many jobs of a batch are to be granted at least when its turn has come, if it has them and as
     *     many were asked for
     * @param forIdle up to which total a job that is granted finds a worker that is idle; meaningless if the queue is
     *     unbounded
     * @param costNs how long a job takes; 0 if that is not known
     */
    public record Demand(long upTo, long worth, int turn, long forIdle, double costNs) implements Event {}

    /**
     * Jobs that were granted and not begun, and that the router finds it has no use for soon.
     *
     * @param slice the jobs
     * @param upTo the demand that is left
     */
    public record Returned<R>(Slice<R> slice, long upTo) implements Event {}

    /**
     * Jobs that were granted and then settled unstarted, since they were stopped.
     *
     * @param jobs how many
     */
    public record Unused(long jobs) implements Event {}

    /**
     * A downstream service is overloaded, as a handler elsewhere has said: no job begins for a time.
     *
     * @param ns for how long
     */
    public record SlowedDown(long ns) implements Event {}

    /**
     * What is going on.
     *
     * @param workers how many workers there are to be, less those that have no thread; some that retire may not be done
     *     yet
     * @param running jobs whose handler runs and whose outcome is open
     * @param abandoned handlers that still run although their job is settled
     */
    public record Census(int workers, int running, int abandoned) implements Event {}

    /** Time to look for chunks that are overdue and for handlers whose grace is over. */
    private enum Tick implements DeadLetterSuppression {
        TICK
    }

    /** A long task has more parts to do. */
    private enum GoOn implements DeadLetterSuppression {
        GO_ON
    }

    /** Time to take jobs from busy workers for those that have been idle for long. */
    private enum ServeIdle implements DeadLetterSuppression {
        SERVE_IDLE
    }

    /**
     * A worker's actor has stopped without being told to by this router.
     *
     * @param slot its slot
     * @param worker which one it was
     */
    private record WorkerStopped<J, R>(Slot<J, R> slot, ActorRef<Worker.Command<J, R>> worker) {}

    /**
     * The handler of a job that was stopped has been told, which was waited for.
     *
     * @param assignment the job's chunk
     */
    private record Told<J, R>(Assignment<J, R> assignment) implements DeadLetterSuppression {}

    private final Runner.Factory<J, R> runners;
    private final ActorRef<Event> dispatcher;
    private final Executor callbacks;
    private final DeadlineTimer deadlineTimer;
    private final LongWork work;
    private final ChunkScheduler<J, R> chunkScheduler;
    private final Abandonments abandonments;
    private final LongRuns longRuns;
    private final LongSupplier clock;
    private final TestHarness harness;
    private final PublishedNumbers<OfRouter> gauges;
    private final PoolEvents events;
    private final WorkersReport workersReport;

    private final FineTimer idleTimer;

    /** When the jobs are due for which it was set last. */
    private long idleDueNs;

    /** What the dispatcher has been told last. */
    private long demanded;

    private long toldWorth;

    private long toldForIdle;

    private Router(
            ActorContext<Object> context,
            WorkerPoolSettings settings,
            Runner.Factory<J, R> runners,
            ActorRef<Event> dispatcher,
            Executor callbacks,
            LongSupplier clock,
            PublishedNumbers<OfRouter> gauges,
            PoolEvents events) {
        super(context);
        this.gauges = gauges;
        this.events = events;
        context.setLoggerName(Router.class);
        this.runners = runners;
        this.dispatcher = dispatcher;
        this.callbacks = callbacks;
        this.clock = clock;
        this.harness = TestHarness.of(context.getSystem());
        this.abandonments = new Abandonments(settings.name(), callbacks);
        this.longRuns = new LongRuns(settings.name(), callbacks);
        this.deadlineTimer = new DeadlineTimer(context, Tick.TICK, clock);
        this.idleTimer = new FineTimer(context, ServeIdle.SERVE_IDLE);
        Executor thread = context.getExecutionContext();
        ActorRef<Object> self = context.getSelf();
        this.work = new LongWork(() -> thread.execute(() -> self.tell(GoOn.GO_ON)));
        this.chunkScheduler = new ChunkScheduler<>(settings, clock, harness::nanoTime, new Hirer(settings), work);
        chunkScheduler.start();
        this.workersReport = new WorkersReport(events, chunkScheduler.workers());
        toldForIdle = chunkScheduler.workers(); // as the dispatcher takes it to be before it is told
        proceed();
    }

    /**
     * Makes a router.
     *
     * @param settings of the pool
     * @param runners make what the workers run jobs with
     * @param dispatcher gets the router's events
     * @param callbacks runs what may block
     * @param clock nanoseconds from any origin, as {@link System#nanoTime}
     * @param gauges what can be read of it
     * @param events tell what happens
     * @return its behavior
     */
    public static <J, R> Behavior<Command<R>> create(
            WorkerPoolSettings settings,
            Runner.Factory<J, R> runners,
            ActorRef<Event> dispatcher,
            Executor callbacks,
            LongSupplier clock,
            PublishedNumbers<OfRouter> gauges,
            PoolEvents events) {
        // Object, since it gets messages from its dispatcher, its workers and itself, and Java has no union of the
        // three.
        Behavior<Object> behavior = Behaviors.setup(
                context -> new Router<J, R>(context, settings, runners, dispatcher, callbacks, clock, gauges, events));
        return behavior.narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return new ReceiveTable<Object>()
                .onMessage(type(Worker.Done.class), this::onDone)
                .onMessage(type(Grant.class), this::onGrant)
                .onMessage(Tick.class, tick -> onTick())
                .onMessage(ServeIdle.class, serve -> onServeIdle())
                .onMessage(type(StopBatch.class), this::onStopBatch)
                .onMessage(type(CancelJob.class), this::onCancelJob)
                .onMessage(GoOn.class, goOn -> onGoOn())
                .onMessage(type(NothingQueued.class), nothing -> onNothingQueued())
                .onMessage(type(TakeCensus.class), question -> onTakeCensus())
                .onMessage(type(Resize.class), this::onResize)
                .onMessage(type(Pause.class), pause -> onPause())
                .onMessage(type(Resume.class), resume -> onResume())
                .onMessage(type(Overloaded.class), overloaded -> onOverloaded())
                .onMessage(type(GraceIsOver.class), over -> onGraceIsOver())
                .onMessage(type(StopEverything.class), stop -> onStopEverything())
                .onMessage(type(End.class), end -> onEnd())
                .onMessage(type(WorkerStopped.class), this::onWorkerStopped)
                .onMessage(type(Told.class), this::onTold)
                .onMessage(type(Worker.NotStarted.class), this::onNotStarted)
                .onMessage(type(Worker.Broken.class), this::onBroken)
                .onSignal(PostStop.class, signal -> onPostStop());
    }

    private Behavior<Object> onGrant(Grant<R> grant) {
        chunkScheduler.receive(grant.slice(), grant.queued());
        return proceed();
    }

    /** Workers have no tasks but those that they were handed here. */
    private static <J, R> Assignment<J, R> assignment(Task<J, R> task) {
        return (Assignment<J, R>) task;
    }

    private Behavior<Object> onDone(Worker.Done<J, R> done) {
        Assignment<J, R> assignment = assignment(done.task());
        chunkScheduler.done(assignment, elapsedNs(assignment, done.elapsedNs()));
        return proceed();
    }

    /** A worker measures real time, of which a test on one thread would make chunks of another size each time. */
    private long elapsedNs(Assignment<J, R> assignment, long measuredNs) {
        return harness.isOneThread() ? clock.getAsLong() - assignment.begunNs : measuredNs;
    }

    private Behavior<Object> onStopBatch(StopBatch<R> stop) {
        chunkScheduler.stopBatch(stop.batchId(), stop.reason(), stop.running(), stop.queued());
        return proceed();
    }

    private Behavior<Object> onStopEverything() {
        chunkScheduler.stopEverything();
        return proceed();
    }

    private Behavior<Object> onGoOn() {
        work.goOn();
        return proceed();
    }

    private Behavior<Object> onEnd() {
        chunkScheduler.end();
        return proceed();
    }

    private Behavior<Object> onCancelJob(CancelJob<R> cancel) {
        chunkScheduler.cancelJob(cancel.batchId(), cancel.index());
        return proceed();
    }

    private Behavior<Object> onResize(Resize<R> resize) {
        chunkScheduler.resize(resize.workers());
        workersReport.resized(chunkScheduler.workers());
        return proceed();
    }

    private Behavior<Object> onPause() {
        chunkScheduler.pause();
        return proceed();
    }

    private Behavior<Object> onResume() {
        chunkScheduler.resume();
        return proceed();
    }

    private Behavior<Object> onOverloaded() {
        chunkScheduler.overloaded();
        return proceed();
    }

    private Behavior<Object> onGraceIsOver() {
        chunkScheduler.giveUpStopped();
        return proceed();
    }

    private Behavior<Object> onNothingQueued() {
        chunkScheduler.nothingQueuedBehind();
        return proceed();
    }

    private Behavior<Object> onTakeCensus() {
        dispatcher.tell(new Census(
                chunkScheduler.workers() - chunkScheduler.lacking(),
                chunkScheduler.running(),
                chunkScheduler.abandoned()));
        return Behaviors.same();
    }

    private Behavior<Object> onTick() {
        deadlineTimer.fired();
        chunkScheduler.inspect();
        abandonments.look(clock.getAsLong());
        longRuns.look(clock.getAsLong());
        return proceed();
    }

    private Behavior<Object> onServeIdle() {
        idleTimer.fired();
        chunkScheduler.idleWorkers().takeBack(harness.nanoTime());
        return proceed();
    }

    private Behavior<Object> onTold(Told<J, R> told) {
        chunkScheduler.told(told.assignment());
        return proceed();
    }

    private Behavior<Object> onWorkerStopped(WorkerStopped<J, R> stopped) {
        if (stopped.slot().worker().equals(stopped.worker())) {
            chunkScheduler.vacate(stopped.slot());
        }
        return proceed();
    }

    private Behavior<Object> onNotStarted(Worker.NotStarted<J, R> notStarted) {
        chunkScheduler.notStarted(assignment(notStarted.task()), notStarted.cause());
        return proceed();
    }

    private Behavior<Object> onBroken(Worker.Broken<J, R> broken) {
        throw new IllegalStateException("a worker's machinery failed", broken.fault());
    }

    /**
     * The workers' actors have stopped before this one and take no more part, so running jobs must be told from here.
     */
    private Behavior<Object> onPostStop() {
        deadlineTimer.cancel();
        idleTimer.cancel();
        chunkScheduler.stopAll();
        chunkScheduler.publishEnd(gauges);
        abandonments.end(clock.getAsLong());
        longRuns.end(clock.getAsLong());
        runners.poolIsGone();
        return Behaviors.same();
    }

    /**
     * Called after every change: gives work to idle workers, tells the dispatcher the demand, and sets the time of the
     * next check.
     */
    private Behavior<Object> proceed() {
        work.endMessage();
        chunkScheduler.feed();
        chunkScheduler.publish(gauges);
        workersReport.look(chunkScheduler.workers(), chunkScheduler.replaced());
        long unused = chunkScheduler.takeUnused();
        if (unused > 0) {
            dispatcher.tell(new Unused(unused));
        }
        if (chunkScheduler.hasEnded()) {
            return Behaviors.stopped();
        }
        long wanted = chunkScheduler.wanted();
        long worth = chunkScheduler.worth();
        long forIdle = chunkScheduler.forIdle(toldForIdle);
        if (wanted != demanded || (worth == 1) != (toldWorth == 1) || forIdle != toldForIdle) {
            demanded = wanted;
            toldWorth = worth;
            toldForIdle = forIdle;
            dispatcher.tell(new Demand(wanted, worth, chunkScheduler.turn(), forIdle, chunkScheduler.costNs()));
        }
        long warningDueNs = Math.min(abandonments.nextDueNs(), longRuns.nextDueNs());
        deadlineTimer.atLatest(Math.min(chunkScheduler.nextInspectionNs(), warningDueNs));
        setIdleTimer();
        return Behaviors.same();
    }

    private void setIdleTimer() {
        IdleWorkers<J, R> idleWorkers = chunkScheduler.idleWorkers();
        if (!idleWorkers.mayBeServed()) {
            idleTimer.cancel();
            return;
        }
        long dueNs = idleWorkers.dueNs();
        if (idleTimer.isSet() && dueNs - idleDueNs < 0) {
            idleTimer.cancel(); // where it stays set, these jobs wait for the others' time
        }
        if (!idleTimer.isSet()) {
            idleDueNs = dueNs;
            idleTimer.set(idleWorkers.delayNs(harness.nanoTime()));
        }
    }

    private final class Hirer implements Hiring<J, R> {
        private final ActorRef<Object> self = getContext().getSelf();
        private final DispatcherSelector control;
        private final String pool;
        private long hired;

        Hirer(WorkerPoolSettings settings) {
            this.pool = settings.name();
            this.control = DispatcherSelector.fromConfig(settings.controlDispatcher());
        }

        @Override
        public void hire(Slot<J, R> slot) {
            ActorRef<Worker.Event<J, R>> router = self.narrow();
            Runner<J, R> runner = runners.create(slot.index, Worker.reports(router));
            ActorRef<Worker.Command<J, R>> worker =
                    getContext().spawn(Worker.create(runner, router), "worker-" + slot.index + "-" + hired++, control);
            getContext().watchWith(worker, new WorkerStopped<>(slot, worker));
            slot.fill(worker, runner);
        }

        @Override
        public void dismiss(Slot<J, R> slot) {
            getContext().unwatch(slot.worker());
            getContext().stop(slot.worker());
        }

        @Override
        public void settle(Slice<R> slice, Outcome<R> outcome) {
            slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), outcome));
        }

        @Override
        public void acknowledge(Slice<R> slice, Outcomes<R> outcomes) {
            slice.batch().collector().tell(new Collector.Ended<>(slice.first(), outcomes));
        }

        @Override
        public void giveBack(Slice<R> slice, long upTo) {
            demanded = upTo;
            toldForIdle -= slice.size();
            dispatcher.tell(new Returned<>(slice, upTo));
        }

        @Override
        public void shortOfThreads(int left, int workers, Throwable cause) {
            callbacks.execute(() -> LOG.warn( // a log that blocks is to hold up nobody
                    "Pool '{}' runs with {} of its {} workers for now: no thread could be started for another ({})."
                            + " It leaves some threads to others and tries again later.",
                    pool,
                    left,
                    workers,
                    cause.toString()));
        }

        /** A test on one thread would otherwise never come to where nothing is left to happen. */
        @Override
        public boolean mayMissEnds() {
            return !harness.isOneThread();
        }

        @Override
        public void told(Assignment<J, R> assignment) {
            self.tell(new Told<>(assignment));
        }

        @Override
        public void runsLong(Assignment<J, R> assignment, int position, Supplier<String> doing) {
            longRuns.add(doing, clock.getAsLong());
            tellRunsOn(Kind.OVERDUE, assignment, position);
        }

        @Override
        public void abandoned(Assignment<J, R> assignment, Supplier<String> doing, boolean replaced) {
            abandonments.add(doing, replaced, clock.getAsLong());
            tellRunsOn(Kind.ABANDONED, assignment, assignment.stopped);
        }

        private void tellRunsOn(Kind kind, Assignment<J, R> assignment, int position) {
            Slice<R> slice = assignment.slice;
            long ranNs = Math.max(0, clock.getAsLong() - assignment.jobBegunNs());
            events.runsOn(kind, slice.batch().label(), slice.first() + position, slice.attempt(), ranNs);
        }
    }
}
