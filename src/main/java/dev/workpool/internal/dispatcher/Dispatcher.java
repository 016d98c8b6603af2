package dev.workpool.internal.dispatcher;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.internal.akka.DeadlineTimer;
import dev.workpool.internal.akka.ExitGuard;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.flight.FlightLog;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.limit.ConcurrencyLimits;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.router.RouterFactory;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.RepeatedWarning;
import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Decides what runs next: the actor at the root of a pool. It holds the job queue, grants slices of it against the
 * router's demand, knows every incomplete batch, and ends the pool.
 *
 * <p>However this actor ends (drained, aborted, stopped from outside, by a fault of the pool itself), it completes
 * whatever is open and closes the queue of requests once all its children are gone. So no stage is ever left
 * incomplete.
 */
public final class Dispatcher<J, R> extends AbstractBehavior<Object> {

    /** There is something in the queue of requests. */
    private enum Wake implements DeadLetterSuppression {
        WAKE
    }

    /** The close-timeout of a closed pool is over. */
    private enum CloseTimeout implements DeadLetterSuppression {
        CLOSE_TIMEOUT
    }

    /** A long task has more parts to do. */
    private enum GoOn implements DeadLetterSuppression {
        GO_ON
    }

    /** Something is due: a permit, a retry, a stream's turn, the end of a batch's time. */
    private enum Tick implements DeadLetterSuppression {
        TICK
    }

    private final Consumer<Runnable> onEnd;
    private final ActorRef<Router.Command<R>> router;

    private final Backlog<J, R> backlog;
    private final Granting<J, R> granting;
    private final PoolController<J, R> poolController;
    private final AdmissionControl<J, R> admissionControl;
    private final ActorOwners<J, R> owners;
    private final Commands<J, R> commands;
    private final StatsRequests statsRequests;
    private final DeadlineTimer deadlineTimer;
    private final LongWork work;
    private final PublishedNumbers<OfDispatcher> gauges;
    private final PoolEvents events;
    private final Supplier<PoolSnapshot> snapshot;
    private final Requests<J, R> requests;

    private final Ending<J, R> ending;
    private final RepeatedWarning<Runnable> warnings;
    private final LongSupplier clock;
    private final ExitGuard exitGuard;
    private final ExitGuard.Member guarded;

    private Dispatcher(
            ActorContext<Object> context,
            WorkerPoolSettings settings,
            RouterFactory<R> routers,
            RequestQueue<J, R> requestQueue,
            QueueCapacity queueCapacity,
            Executor callbacks,
            Consumer<Runnable> onEnd,
            LongSupplier clock,
            PoolGauges gauges,
            PoolEvents events) {
        super(context);
        this.exitGuard = ExitGuard.of(context.getSystem());
        this.guarded = exitGuard.add(ExitGuard.Phase.POOLS, settings.closeTimeout(), settings.cancelGrace());
        this.events = events;
        this.snapshot = () -> gauges.snapshot(settings.name(), queueCapacity.rejected(), queueCapacity.capacity());
        this.gauges = gauges.dispatcher;
        context.setLoggerName(Dispatcher.class);
        this.onEnd = onEnd;
        DispatcherSelector control = DispatcherSelector.fromConfig(settings.controlDispatcher());
        ActorRef<Object> self = context.getSelf();
        this.router = context.spawn(routers.create(self.narrow()), "router", control);
        context.watch(router);
        TestHarness harness = TestHarness.of(context.getSystem());
        this.backlog = new Backlog<>(
                settings,
                clock,
                callbacks,
                (batchId, ledger, policy, ofBatch) -> {
                    ActorRef<Collector.Command<R>> collector = context.spawn(
                            Collector.create(
                                    batchId,
                                    ledger,
                                    policy.retry(),
                                    self.narrow(),
                                    callbacks,
                                    ofBatch,
                                    harness.random()),
                            "collector-" + batchId,
                            control);
                    context.watch(collector);
                    return new Slice.BatchRef<>(batchId, collector, policy);
                },
                gauges.times,
                events);
        Executor thread = context.getExecutionContext();
        this.work = new LongWork(() -> thread.execute(() -> self.tell(GoOn.GO_ON)));
        this.deadlineTimer = new DeadlineTimer(context, Tick.TICK, clock);
        int workers = ConcurrencyLimits.of(settings, clock).workers();
        this.granting = new Granting<>(
                backlog, router, clock, settings.rateLimit(), routers.idleAtFirst(workers), work, events);
        this.admissionControl = new AdmissionControl<>(
                backlog,
                queueCapacity,
                settings.whenFull(),
                settings.name(),
                granting,
                callbacks,
                events,
                work.steps(),
                this::closed);
        this.statsRequests = new StatsRequests(workers, () -> router.tell(new Router.TakeCensus<>()), census -> {
            admissionControl.update();
            return backlog.stats(settings.name(), census);
        });
        this.owners = new ActorOwners<>(context);
        this.commands = new Commands<>(owners, settings.name(), callbacks);
        this.poolController = new PoolController<>(backlog, router, granting, work, clock);
        this.ending = new Ending<>(
                settings,
                callbacks,
                () -> context.scheduleOnce(settings.closeTimeout(), self, CloseTimeout.CLOSE_TIMEOUT),
                router,
                backlog,
                granting,
                poolController,
                admissionControl,
                statsRequests);
        this.clock = clock;
        this.warnings = new RepeatedWarning<>(new SerialExecutor(callbacks), (count, write) -> write.run());
        this.requests = new Requests<>(
                requestQueue,
                callbacks,
                ending,
                work,
                admissionControl,
                backlog,
                granting,
                poolController,
                statsRequests,
                warnings,
                clock);
        FlightLog.addStatistics(snapshot);
        requestQueue.open(() -> self.tell(Wake.WAKE));
    }

    /**
     * Makes a pool.
     *
     * @param settings its settings
     * @param routers make what jobs are granted to
     * @param requestQueue where requests come from, besides the mailbox
     * @param queueCapacity says how many more jobs there is room for
     * @param callbacks runs users' code
     * @param onEnd told on the actor's thread when everything is answered and the pool is gone. Runs what it gets once
     *     it has told everybody: until then the actor answers what it is asked.
     * @param clock nanoseconds from any origin, as {@link System#nanoTime}
     * @param gauges what can be read of it
     * @param events tell what happens
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return its behavior
     */
    public static <J, R> Behavior<PoolCommand<J, R>> create(
            WorkerPoolSettings settings,
            RouterFactory<R> routers,
            RequestQueue<J, R> requestQueue,
            QueueCapacity queueCapacity,
            Executor callbacks,
            Consumer<Runnable> onEnd,
            LongSupplier clock,
            PoolGauges gauges,
            PoolEvents events) {
        // Object, since it gets messages from its users, its router, its collectors and itself, and Java has no union
        // // of the four.
        Behavior<Object> behavior = Behaviors.setup(context -> new Dispatcher<>(
                context, settings, routers, requestQueue, queueCapacity, callbacks, onEnd, clock, gauges, events));
        // It cannot be restarted by a supervisor: a new pool in the place of a failed one would get messages // from
        // the old one's actors.
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.stop())
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return new ReceiveTable<Object>()
                .onMessage(Router.Demand.class, this::onDemand)
                .onMessage(Collector.Progress.class, this::onProgress)
                .onMessage(Wake.class, wake -> onWake())
                .onMessage(type(Router.Returned.class), this::onReturned)
                .onMessage(type(PoolCommand.class), this::onCommand)
                .onMessage(Collector.Retry.class, this::onRetry)
                .onMessage(Router.Unused.class, this::onUnused)
                .onMessage(Router.SlowedDown.class, this::onSlowedDown)
                .onMessage(Tick.class, tick -> onTick())
                .onMessage(GoOn.class, goOn -> onGoOn())
                .onMessage(ActorOwners.Complete.class, this::onOwnedComplete)
                .onMessage(ActorOwners.Gone.class, this::onOwnerGone)
                .onMessage(Router.Census.class, this::onCensus)
                .onMessage(CloseTimeout.class, timeout -> onCloseTimeout())
                .onSignal(ChildFailed.class, this::onChildFailed)
                .onSignal(Terminated.class, this::onTerminated)
                .onSignal(PostStop.class, signal -> onEnd());
    }

    // What comes in

    private Behavior<Object> onWake() {
        requests.take();
        return proceed();
    }

    private Behavior<Object> onGoOn() {
        boolean heldUp = requests.areHeldUp();
        work.goOn();
        if (heldUp) {
            requests.take();
        }
        return proceed();
    }

    private Behavior<Object> onCommand(PoolCommand<J, R> command) {
        requests.handleInTurn(commands.toRequest(command));
        return proceed();
    }

    private Behavior<Object> onOwnerGone(ActorOwners.Gone gone) {
        requests.cancelAll(owners.onGone(gone));
        return proceed();
    }

    private Behavior<Object> onOwnedComplete(ActorOwners.Complete complete) {
        owners.onComplete(complete);
        return Behaviors.same();
    }

    // Granting

    private Behavior<Object> onDemand(Router.Demand demand) {
        granting.demand(demand.upTo(), demand.turn(), demand.forIdle());
        backlog.streams().worth(demand.worth());
        return proceed();
    }

    private Behavior<Object> onReturned(Router.Returned<R> returned) {
        granting.giveBack(returned);
        backlog.giveBack(returned.slice());
        if (granting.expected() == 0) {
            router.tell(new Router.NothingQueued<>()); // cancelled on its way
        }
        return proceed();
    }

    private Behavior<Object> onUnused(Router.Unused unused) {
        granting.unused(unused.jobs());
        return proceed();
    }

    private Behavior<Object> onSlowedDown(Router.SlowedDown slowed) {
        granting.hold(slowed.ns());
        return proceed();
    }

    private Behavior<Object> onRetry(Collector.Retry retry) {
        backlog.retry(retry);
        return proceed();
    }

    private Behavior<Object> onTick() {
        deadlineTimer.fired();
        poolController.attendToTime();
        warnings.look(clock.getAsLong());
        return proceed();
    }

    // Progress and statistics

    private Behavior<Object> onProgress(Collector.Progress message) {
        Optional<Slice.BatchRef<R>> complete = backlog.update(message.batchId(), message.progress());
        if (complete.isPresent()) {
            // Stopped from here: a collector that stops by itself is a fault, and its end would overtake its last
            // message.
            getContext().unwatch(complete.get().collector());
            getContext().stop(complete.get().collector());
        }
        poolController.haltIfDue(message.batchId());
        return proceed();
    }

    private Behavior<Object> onCensus(Router.Census census) {
        statsRequests.onCensus(census);
        if (ending.isStopping()) {
            router.tell(new Router.End<>());
        }
        return Behaviors.same();
    }

    // The end

    private Behavior<Object> onCloseTimeout() {
        ending.abort();
        return proceed();
    }

    /** What follows every change: work is granted, and a pool that drains and has no job open stops. */
    private Behavior<Object> proceed() {
        work.endMessage();
        granting.proceed();
        poolController.giveUpWaiting();
        admissionControl.update();
        deadlineTimer.atLatest(Math.min(warnings.nextDueNs(), Math.min(backlog.nextDueNs(), granting.nextDueNs())));
        ending.stopIfDone();
        publish();
        return Behaviors.same();
    }

    /** Publishes the state of this actor, so that any thread can read it. */
    private void publish() {
        gauges.begin();
        backlog.publish(gauges);
        granting.publish(gauges);
        gauges.end();
    }

    private Request.Closed closed() {
        return ending.closed();
    }

    private Behavior<Object> onChildFailed(ChildFailed failed) {
        throw new IllegalStateException(ending.fault(failed.getRef()), failed.getCause());
    }

    private Behavior<Object> onTerminated(Terminated terminated) {
        if (ending.isStopping() && terminated.getRef().path().equals(router.path())) {
            onEnd();
            return new LastAnswers<>(getContext(), commands, ending.closed());
        }
        throw new IllegalStateException(ending.fault(terminated.getRef()));
    }

    private Behavior<Object> onEnd() {
        exitGuard.remove(guarded);
        deadlineTimer.cancel();
        warnings.end(clock.getAsLong());
        ending.complete(requests);
        publish();
        FlightLog.removeStatistics(snapshot);
        events.ended(snapshot.get());
        ActorRef<Object> self = getContext().getSelf();
        onEnd.accept(() -> self.tell(LastAnswers.Stop.STOP));
        return Behaviors.same();
    }
}
