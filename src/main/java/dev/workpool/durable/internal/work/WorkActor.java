package dev.workpool.durable.internal.work;

import akka.Done;
import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.Claiming.Claimed;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.JobCancellations;
import dev.workpool.durable.internal.store.Leases;
import dev.workpool.durable.internal.store.Limits;
import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.Queues;
import dev.workpool.durable.internal.store.Queues.Codec;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.durable.internal.store.Settling.Settlement;
import dev.workpool.durable.internal.store.Transactions;
import dev.workpool.durable.internal.store.WholeBatches;
import dev.workpool.settings.BatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Works on a queue: claims segments, gives them to the feeder, writes what has become of their jobs, and keeps their
 * leases meanwhile. All that it knows is its own; statements run on the store's threads and users' code on the
 * feeder's, and both tell it what came of it.
 *
 * @param <J> type of the jobs
 */
public final class WorkActor<J> extends AbstractBehavior<WorkActor.Command> {
    private static final Duration TICK = Duration.ofMillis(100);

    /** After which a segment whose jobs take long is looked at: what is done is written, others may want the rest. */
    private static final long LONG_NS = 500_000_000L;

    private static final long HUNGRY_MS = 3_000;
    private static final long COST_EVERY_NS = 5_000_000_000L;

    /** What it is told. */
    public sealed interface Command extends DeadLetterSuppression {}

    private enum Tick implements Command {
        TICK
    }

    enum Wake implements Command {
        WAKE
    }

    private enum Look implements Command {
        LOOK
    }

    enum Paused implements Command {
        PAUSED
    }

    enum LimitsChanged implements Command {
        LIMITS_CHANGED
    }

    private enum Starved implements Command {
        STARVED
    }

    private record LimitsLeased(Leased leased, long sinceNs) implements Command {}

    private record LimitsFailed(Throwable failure) implements Command {}

    private enum Noted implements Command {
        NOTED
    }

    private record Opened(OpenQueue.Ids ids, long costNs) implements Command {}

    private record NeverOpened(Throwable failure) implements Command {}

    private record ClaimDone(Claims.Found found) implements Command {}

    private record ClaimFailed(Throwable failure) implements Command {}

    record HandedOver(Taker taker, List<SegmentRow> rows, List<byte[]> blocks, long sinceNs) implements Command {}

    private record PartReady(Held<?> held, Part part) implements Command {}

    private record Settled(Acknowledgement of, WholeBatches.Result written) implements Command {}

    private record SettleFailed(Acknowledgement of, Throwable failure) implements Command {}

    private record Renewed(List<Held<?>> helds, List<SegmentRow> rows, boolean[] renewed, long sinceNs)
            implements Command {}

    private record Watched(
            Set<Long> cancelled, Map<Long, Set<Long>> cancelledJobs, boolean isPaused, boolean othersAreHungry)
            implements Command {}

    private record StoreFailed(Throwable failure) implements Command {}

    private record Started(Held<?> suspect, boolean isHeld) implements Command {}

    /** Some batch was cancelled, here or elsewhere. */
    record BatchCancelled(long batch) implements Command {}

    record JobCancelled(long batch, long number) implements Command {}

    private record CancelConfirmed(CancelledBatches.Confirmed confirmed) implements Command {}

    record Stop() implements Command {}

    record StopRunning() implements Command {}

    private record Left() implements Command {}

    /** What the work is made of, apart from its state. */
    public record Parts<J>(
            OpenQueue<J> queue,
            Runner<J> runner,
            BatchOptions options,
            Optional<JobCodec<Object>> resultCodec,
            String owner,
            WorkCounters counters,
            QueueEvents events,
            Waiters waiters,
            Consumer<Long> haltedBatch,
            Consumer<Collection<Long>> confirmedBatches,
            Runnable gaveBack,
            CompletableFuture<Done> ended) {}

    private final Parts<J> parts;
    private final WorkTimers timers;
    private final Transactions transactions;
    private final Acknowledgement.Writer writer;
    private final Leases leases;
    private final Batches batches;
    private final Queues queues;
    private final JobCancellations jobCancellations;
    private final Feeder<J> feeder;
    private final Throttle throttle;
    private final Limits limits;
    private final LimitLease limitLease;
    private final CancelledBatches<J> cancelled;
    private final CancelledJobs<J> cancelledJobs = new CancelledJobs<>();
    private final EndedBlocks endedBlocks;
    private final Reach reach;
    private final Appetite appetite;
    private final long leaseNs;
    private final Troubles troubles;

    /** Null until the store has answered, like the next three. */
    private OpenQueue.Ids ids;

    private ClaimSize size;
    private Claims<J> claims;
    private Holdings<J> held;

    private final LaneTurns<J> turns = new LaneTurns<>(this::feed);
    private boolean wakesAgain;
    private boolean isSettling;
    private boolean isRenewing;
    private boolean isWatching;
    private boolean isStopping;
    private boolean isLeaving;
    private boolean runsSuspect;
    private boolean hasSuspects;
    private long undecodable;

    private long settledInWindow;
    private long windowNs = System.nanoTime();
    private boolean wasShort;
    private long watchedNs = System.nanoTime();
    private long costWrittenNs = System.nanoTime();

    private WorkActor(ActorContext<Command> context, Parts<J> parts, Reach reach) {
        super(context);
        this.parts = parts;
        this.timers = new WorkTimers(context);
        this.reach = reach;
        this.appetite = new Appetite(reach, parts.queue().lanes().areUsed());
        OpenQueue<J> queue = parts.queue();
        this.transactions = queue.database().transactions();
        this.writer = new Acknowledgement.Writer(queue.database().names());
        this.leases = new Leases(queue.database().names());
        this.batches = new Batches(queue.database().names());
        this.queues = new Queues(queue.database().names());
        this.jobCancellations = new JobCancellations(queue.database().names());
        this.leaseNs = queue.settings().lease().toNanos();
        this.troubles = new Troubles(queue.name());
        RetryPlan retries =
                new RetryPlan(queue.settings().retry(), queue.lanes().areUsed());
        ActorRef<Command> self = context.getSelf();
        boolean canHalt = !parts.options().halt().equals(BatchOptions.defaults().halt());
        Runner<J> runner = parts.runner();
        this.throttle = new Throttle(runner.workers(), runner.asksBeforeStart(), runner::abandoned);
        this.limits = new Limits(queue.database().names());
        this.feeder = new Feeder<>(
                queue.name(),
                parts.runner(),
                queue.codec(),
                parts.options(),
                retries,
                new Settler(retries, parts.resultCodec(), parts.runner().isTransactional(), canHalt),
                throttle,
                () -> self.tell(Starved.STARVED),
                queue.lanes().areUsed(),
                (segment, part) -> self.tell(new PartReady(segment, part)));
        this.endedBlocks = new EndedBlocks(queue.database());
        this.cancelled = new CancelledBatches<>(
                queue.database(),
                parts.runner().asksBeforeStart(),
                parts.confirmedBatches(),
                done -> self.tell(new CancelConfirmed(done)));
        this.limitLease = new LimitLease(throttle, feeder.gate(), parts.runner(), parts.owner(), leaseNs);
        tellWhenDone(
                queue.ids()
                        .thenCompose(found -> transactions.work(
                                connection -> new Opened(found, queues.costNs(connection, found.queue())))),
                opened -> opened,
                failure -> queue.ids().isCompletedExceptionally()
                        ? new NeverOpened(failure)
                        : new Opened(queue.ids().join(), 0));
        timers.tick(Tick.TICK, TICK);
    }

    /**
     * The behavior of work on a queue.
     *
     * @param handle completed with what others in this process need to reach it
     */
    public static <J> Behavior<Command> create(Parts<J> parts, CompletableFuture<Reach> handle) {
        return Behaviors.setup(context -> {
            Reach reach = new Reach(
                    context.getSelf(),
                    parts.owner(),
                    parts.queue().settings().lease().toMillis());
            handle.complete(reach);
            return new WorkActor<>(context, parts, reach);
        });
    }

    /** Of a lease. */
    static long token() {
        return ThreadLocalRandom.current().nextLong() >>> 1;
    }

    private <T> void tellWhenDone(
            CompletableFuture<T> stage, Function<T, Command> done, Function<Throwable, Command> failed) {
        ActorRef<Command> self = getContext().getSelf();
        stage.whenComplete((value, failure) -> self.tell(failure == null ? done.apply(value) : failed.apply(failure)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Tick.class, this::onTick)
                .onMessage(Wake.class, this::onWake)
                .onMessage(Look.class, this::onLook)
                .onMessage(Paused.class, this::onPaused)
                .onMessage(LimitsChanged.class, this::onLimitsChanged)
                .onMessage(Starved.class, this::onStarved)
                .onMessage(LimitsLeased.class, this::onLimitsLeased)
                .onMessage(LimitsFailed.class, this::onLimitsFailed)
                .onMessage(Noted.class, noted -> this)
                .onMessage(Opened.class, this::onOpened)
                .onMessage(NeverOpened.class, this::onNeverOpened)
                .onMessage(ClaimDone.class, this::onClaimDone)
                .onMessage(ClaimFailed.class, this::onClaimFailed)
                .onMessage(HandedOver.class, this::onHandedOver)
                .onMessage(PartReady.class, this::onPartReady)
                .onMessage(Settled.class, this::onSettled)
                .onMessage(SettleFailed.class, this::onSettleFailed)
                .onMessage(Renewed.class, this::onRenewed)
                .onMessage(Watched.class, this::onWatched)
                .onMessage(StoreFailed.class, this::onStoreFailed)
                .onMessage(Started.class, this::onStarted)
                .onMessage(BatchCancelled.class, this::onBatchCancelled)
                .onMessage(JobCancelled.class, this::onJobCancelled)
                .onMessage(CancelConfirmed.class, this::onCancelConfirmed)
                .onMessage(Stop.class, this::onStop)
                .onMessage(StopRunning.class, this::onStopRunning)
                .onMessage(Left.class, left -> Behaviors.stopped())
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<Command> onOpened(Opened opened) {
        ids = opened.ids();
        int segment = parts.queue().settings().segmentJobs();
        claims = new Claims<>(parts.queue(), ids.queue(), parts.owner());
        held = new Holdings<>(parts.queue(), ids.queue());
        size = new ClaimSize(
                parts.queue().settings().claimAhead().toNanos(),
                workers(),
                2 * Claims.MOST_SEGMENTS * segment,
                segment,
                opened.costNs());
        claim();
        return endIfDone();
    }

    private Behavior<Command> onNeverOpened(NeverOpened failed) {
        troubles.log("cannot be worked on", failed.failure());
        return Behaviors.stopped();
    }

    private Behavior<Command> onWake(Wake wake) {
        wakesAgain = claims != null && claims.isAsking();
        appetite.wake();
        claim();
        return this;
    }

    private Behavior<Command> onLook(Look look) {
        appetite.look();
        claim();
        return this;
    }

    // Claiming

    private void claim() {
        if (ids == null || claims.isAsking() || isStopping || runsSuspect || !(appetite.mayFind() || hasSuspects)) {
            return;
        }
        boolean suspectOnly = hasSuspects && held.isEmpty();
        int target = size.target(throttle.share());
        if ((hasSuspects && !suspectOnly) || held.running() > target / 2) {
            return; // until those that run have ended
        }
        appetite.asks();
        wasShort |= held.running() == 0;
        tellWhenDone(claims.ask(workers(), target - held.running(), suspectOnly), ClaimDone::new, ClaimFailed::new);
    }

    private Behavior<Command> onClaimDone(ClaimDone done) {
        Claims.Found found = done.found();
        troubles.over();
        undecodable(found.undecodable());
        Claimed claimed = found.claimed();
        if (claimed.isLimited()) {
            limitLease.begin();
            leaseLimits();
        }
        hasSuspects = claimed.hasSuspects();
        if (claimed.reaped() > 0) {
            parts.counters().reaped.add(claimed.reaped());
            String queue = parts.queue().name();
            parts.events().tell(each -> each.onLeasesTakenOver(queue, claimed.reaped()));
        }
        parts.counters().dead.add(claimed.buried().size());
        claimed.buried().forEach(each -> parts.events().dead(each.batch(), each.outcome(), each.strikes()));
        List<Held<J>> segments = new ArrayList<>();
        List<SegmentRow> rows = claimed.segments();
        for (int i = 0; i < rows.size(); i++) {
            segments.add(hold(rows.get(i), found.blocks().get(i), found.sinceNs()));
        }
        claims.answered(found);
        for (Held<J> segment : segments) {
            if (segment.claimed.isSuspect()) {
                start(segment);
            } else {
                turns.add(segment);
            }
        }
        if (rows.stream().anyMatch(SegmentRow::isShared)) {
            size.holdFew(System.nanoTime());
        }
        held.finish(claimed.emptied());
        settle();
        next(claimed);
        return endIfDone();
    }

    private void undecodable(long jobs) {
        if (jobs >= 0 && jobs != undecodable) { // negative if it was not looked for
            undecodable = jobs;
            String queue = parts.queue().name();
            parts.events().tell(each -> each.onUndecodable(queue, jobs));
            troubles.undecodable(jobs, parts.queue().codec());
        }
    }

    private void next(Claimed claimed) {
        boolean foundNone = claimed.segments().isEmpty();
        boolean others = claims.askedSuspects()
                && !claimed.isPaused(); // somebody else was faster; there may be more than suspects
        if (wakesAgain || !foundNone || others || claimed.reaped() > 0 || (hasSuspects && held.isEmpty())) {
            wakesAgain = false;
            appetite.wake();
            claim();
            return;
        }
        if (claimed.isPaused()) {
            paused();
        } else {
            appetite.foundNone();
        }
        offer();
        boolean isIdle = held.running() == 0 && !claimed.isPaused() && !isStopping;
        if (isIdle && appetite.isToReport(System.nanoTime())) {
            reportHungry();
        }
        long pollMs = parts.queue().settings().pollInterval().toMillis();
        long jitterMs = ThreadLocalRandom.current().nextLong(1 + pollMs / 10);
        wakeIn(Math.min(pollMs + jitterMs, Math.max(1, claimed.dueInMs())));
    }

    private void offer() {
        int running = held.running();
        int soon = throttle.isLimited() ? 0 : size.begunWithin(Appetite.SOON_NS);
        appetite.offer(running, hasSuspects ? 0 : soon);
    }

    private void feed(Held<J> segment) {
        feeder.feed(segment, claims.codecOf(segment.claimed));
    }

    private void wakeIn(long ms) {
        timers.once(Look.LOOK, Duration.ofMillis(ms));
    }

    private Behavior<Command> onClaimFailed(ClaimFailed failed) {
        claims.failed();
        troubles.log("cannot be claimed from", failed.failure());
        wakeIn(parts.queue().settings().pollInterval().toMillis());
        return endIfDone();
    }

    private Held<J> hold(SegmentRow row, byte[] block, long sinceNs) {
        Held<J> segment = held.add(row, block, sinceNs);
        parts.counters().claimed.add(row.jobs().size());
        cancelled.hold(segment);
        cancelledJobs.hold(segment);
        if (isStopping) {
            segment.stopAndGiveBack();
        }
        return segment;
    }

    private Behavior<Command> onHandedOver(HandedOver handed) {
        for (int i = 0; i < handed.rows().size(); i++) {
            Held<J> segment = hold(handed.rows().get(i), handed.blocks().get(i), handed.sinceNs());
            feeder.feed(
                    segment,
                    new Codec(
                            ids.codec(),
                            parts.queue().codec().name(),
                            parts.queue().codec().version()));
        }
        reach.kept(handed.taker());
        offer();
        claim();
        return this;
    }

    /** It begins when it is written down that it does. */
    private void start(Held<J> suspect) {
        runsSuspect = true;
        tellWhenDone(
                claims.start(suspect.row),
                isHeld -> new Started(suspect, isHeld),
                failure -> new Started(suspect, false));
    }

    @SuppressWarnings("unchecked") // it is its own
    private Behavior<Command> onStarted(Started started) {
        Held<J> suspect = (Held<J>) started.suspect();
        if (started.isHeld()) {
            turns.add(suspect);
        } else {
            lose(suspect);
            forget(suspect); // no job of it was begun, so none comes back
        }
        return endIfDone();
    }

    // Settling

    @SuppressWarnings("unchecked") // it is its own
    private Behavior<Command> onPartReady(PartReady ready) {
        Held<J> segment = (Held<J>) ready.held();
        int jobs = ready.part().jobs().size();
        held.ended(segment, jobs);
        settledInWindow += jobs;
        if (!ready.part().released().isEmpty() || !ready.part().retries().isEmpty()) {
            turns.gaveBack(segment);
        }
        if (segment.running == 0) {
            turns.ended(segment);
        }
        if (segment.isLost) {
            refused(segment, jobs);
            if (segment.running == 0) {
                forget(segment);
            }
        } else {
            segment.add(ready.part());
            if (ready.part().hasHalted()) {
                parts.haltedBatch().accept(segment.claimed.batch());
            }
            settle();
        }
        offer();
        claim();
        return endIfDone();
    }

    private void settle() {
        if (isSettling || ids == null) {
            return;
        }
        Acknowledgement next =
                Acknowledgement.take(ids.queue(), held, parts.runner().isTransactional());
        if (next.isNothing()) {
            return;
        }
        isSettling = true;
        tellWhenDone(
                writer.write(transactions, next).thenApply(this::tellWritten),
                result -> new Settled(next, result),
                failure -> new SettleFailed(next, failure));
    }

    /** On a thread of the store: counted before anybody hears of it. */
    private WholeBatches.Result tellWritten(WholeBatches.Result result) {
        result.settlements().forEach(each -> each.ifPresent(parts.counters()::settled));
        if (!result.ended().isEmpty()) {
            parts.waiters().ended(result.ended());
        }
        result.settlements().stream()
                .flatMap(Optional::stream)
                .map(each -> each.segment().batch())
                .filter(batch -> !result.ended().contains(batch))
                .forEach(parts.waiters()::settled);
        return result;
    }

    @SuppressWarnings("unchecked") // they are its own
    private Behavior<Command> onSettled(Settled settled) {
        isSettling = false;
        troubles.over();
        for (int i = 0; i < settled.of().helds().size(); i++) {
            Held<J> segment = (Held<J>) settled.of().helds().get(i);
            segment.isSettling = false;
            Part part = segment.parts.poll();
            Optional<Settlement> written = settled.written().settlements().get(i);
            if (written.isPresent()) {
                count(segment, written.get());
                segment.row
                        .jobs()
                        .without(part.jobs())
                        .ifPresentOrElse(
                                rest -> segment.row = segment.row.with(rest), () -> forget(endedBlocks.add(segment)));
            } else {
                refused(segment, part.jobs().size());
                lose(segment);
            }
        }
        held.haveEnded(settled.written().ended());
        settle();
        offer();
        claim();
        return endIfDone();
    }

    /** Outcomes that nobody is told, since another process runs the jobs again. */
    private void refused(Held<J> segment, int jobs) {
        parts.counters().fenced.add(jobs);
        String queue = parts.queue().name();
        parts.events().tell(each -> each.onRefused(queue, segment.claimed.batch(), jobs));
    }

    private void count(Held<J> segment, Settlement written) {
        if (!written.retries().isEmpty()) {
            appetite.look(); // for when they are due
        }
        written.dead().forEach(each -> parts.events().dead(segment.claimed.batch(), each.outcome(), 0));
        if (!written.released().isEmpty()) {
            parts.gaveBack().run();
        }
    }

    /** The store may have written it although it did not say so. Then the next attempt is refused, and no outcome is lost. */
    private Behavior<Command> onSettleFailed(SettleFailed failed) {
        isSettling = false;
        failed.of().helds().forEach(each -> each.isSettling = false);
        held.putBack(failed.of().due());
        troubles.log("cannot be written to", failed.failure());
        return endIfDone(); // the next tick tries again
    }

    private void forget(Held<J> segment) {
        if (!held.remove(segment)) {
            return;
        }
        turns.ended(segment);
        if (segment.row.isSuspect()) {
            runsSuspect = false;
        }
    }

    /** Its lease is somebody else's. What runs is stopped, and no outcome of it is told. */
    private void lose(Held<J> segment) {
        if (segment.isLost) {
            return;
        }
        segment.isLost = true;
        parts.counters().leaseLost();
        String queue = parts.queue().name();
        int jobs = segment.row.jobs().size();
        parts.events().tell(each -> each.onLeaseLost(queue, segment.claimed.batch(), jobs));
        for (Part part : segment.parts) {
            refused(segment, part.jobs().size());
        }
        segment.parts.clear();
        segment.stopAndGiveBack();
        turns.gaveBack(segment);
        if (segment.running == 0) {
            forget(segment);
        }
    }

    // Leases, and what others do

    private Behavior<Command> onTick(Tick tick) {
        long nowNs = System.nanoTime();
        if (ids == null) {
            return this;
        }
        endWindow(nowNs);
        settle();
        cancelled.confirm();
        endedBlocks.drop();
        renew(nowNs);
        held.stopOverdue(nowNs, throttle.isOverdue(nowNs));
        leaseLimits();
        lookAtLongOnes(nowNs);
        watch(nowNs);
        claims.seeOutages(nowNs);
        if (parts.runner().hasEnded() && !isStopping) {
            return onStop(new Stop());
        }
        return endIfDone();
    }

    /** The pool's; at least one, also while it is about to start. */
    private int workers() {
        return Math.max(1, parts.runner().workers());
    }

    private void endWindow(long nowNs) {
        size.setWorkers(workers());
        if (held.running() > 0 || settledInWindow > 0) {
            size.onWindow(settledInWindow, nowNs - windowNs, wasShort || held.running() == 0);
        }
        settledInWindow = 0;
        wasShort = false;
        windowNs = nowNs;
        if (nowNs - costWrittenNs > COST_EVERY_NS && !held.isEmpty() && !throttle.isLimited()) {
            costWrittenNs = nowNs;
            long costNs = size.costNs();
            parts.queue().costNs(costNs);
            tellWhenDone(
                    transactions.work(connection -> {
                        queues.setCostNs(connection, ids.queue(), costNs);
                        return Done.getInstance();
                    }),
                    done -> Noted.NOTED,
                    StoreFailed::new);
        }
    }

    private void renew(long nowNs) {
        if (isRenewing) {
            return;
        }
        List<Held<?>> due = new ArrayList<>();
        for (Held<J> each : held.all()) {
            // One that is being settled may change its name meanwhile; it is soon over, or renewed by the next tick.
            if (!each.isLost && !each.isSettling && each.isToBeRenewed(nowNs)) {
                due.add(each);
            }
        }
        if (due.isEmpty()) {
            return;
        }
        isRenewing = true;
        List<SegmentRow> rows = due.stream().map(each -> each.row).toList();
        Set<Long> lanes = held.lanes();
        tellWhenDone(
                transactions.work(connection -> {
                    boolean[] renewed = leases.renew(connection, rows, leaseNs / 1_000_000);
                    leases.renewLanes(connection, ids.queue(), lanes, leaseNs / 1_000_000);
                    return new Renewed(due, rows, renewed, nowNs);
                }),
                renewed -> renewed,
                failure -> new Renewed(due, rows, new boolean[0], nowNs));
    }

    @SuppressWarnings("unchecked") // they are its own
    private Behavior<Command> onRenewed(Renewed done) {
        isRenewing = false;
        for (int i = 0; i < done.renewed().length; i++) {
            Held<J> segment = (Held<J>) done.helds().get(i);
            boolean isSame = segment.row.equals(done.rows().get(i)) && !segment.isSettling;
            if (done.renewed()[i]) {
                segment.renewed(done.sinceNs());
            } else if (isSame && held.contains(segment)) {
                lose(segment);
            } // else it was settled meanwhile, and has another name; the next tick renews it by that
        }
        return endIfDone();
    }

    /** What is done of a segment that takes long is written, so that little is lost with the process. */
    private void lookAtLongOnes(long nowNs) {
        for (Held<J> each : held.all()) {
            boolean isUrgent = each.givesBack || parts.waiters().areForJobsOf(each.claimed.batch());
            long everyNs = isUrgent ? TICK.toNanos() / 2 : LONG_NS;
            if (!each.isLost
                    && nowNs - each.takenNs > everyNs
                    && each.given.stream().anyMatch(g -> g.piece().hasEnded())) {
                each.takenNs = nowNs;
                feeder.takeEnded(each);
            }
        }
    }

    private void watch(long nowNs) {
        boolean hasLong = held.all().stream().anyMatch(each -> nowNs - each.sinceNs > LONG_NS / 2);
        if (isWatching || !hasLong || nowNs - watchedNs < LONG_NS / 2) {
            return;
        }
        isWatching = true;
        watchedNs = nowNs;
        Set<Long> mine = held.batches();
        tellWhenDone(
                transactions.work(connection -> new Watched(
                        batches.cancelled(connection, mine),
                        jobCancellations.of(connection, mine),
                        queues.isPaused(connection, ids.queue()),
                        leases.othersAreHungry(connection, ids.queue(), parts.owner()))),
                watched -> watched,
                StoreFailed::new);
    }

    private Behavior<Command> onWatched(Watched watched) {
        isWatching = false;
        watched.cancelled().forEach(batch -> cancelled.hear(batch, held.all()));
        watched.cancelledJobs()
                .forEach((batch, numbers) -> numbers.forEach(number -> cancelledJobs.hear(batch, number, held.all())));
        cancelled.confirm();
        if (watched.isPaused()) {
            paused();
        } else if (watched.othersAreHungry() && held.running() > workers()) {
            long nowNs = System.nanoTime();
            for (Held<J> each : held.all()) {
                if (!each.isLost && !each.givesBack && nowNs - each.sinceNs > LONG_NS / 2) {
                    each.giveBackUnstarted();
                }
            }
            size.holdFew(nowNs);
        }
        return this;
    }

    /** Told in this process. What it has asked the store before does not tell it otherwise. */
    private Behavior<Command> onPaused(Paused told) {
        paused();
        return onWake(Wake.WAKE);
    }

    /** Nothing more begins, neither what is held nor what is enqueued here from now on. */
    private void paused() {
        appetite.paused();
        if (ids == null) {
            return;
        }
        held.all().stream().filter(each -> !each.isLost && !each.givesBack).forEach(Held::giveBackUnstarted);
    }

    private void reportHungry() {
        if (!parts.queue().database().isShared()) {
            return; // one process
        }
        tellWhenDone(
                transactions.work(connection -> {
                    leases.reportHungry(connection, ids.queue(), parts.owner(), HUNGRY_MS);
                    return Done.getInstance();
                }),
                done -> Noted.NOTED,
                StoreFailed::new);
    }

    // Limits of the queue

    private void leaseLimits() {
        long nowNs = System.nanoTime();
        if (ids == null || isLeaving || !limitLease.isDue(held.running(), nowNs)) {
            return;
        }
        Limits.Ask ask = limitLease.ask(ids.queue(), held.running(), nowNs);
        tellWhenDone(
                transactions.work(connection -> new LimitsLeased(limits.lease(connection, ask), nowNs)),
                leased -> leased,
                LimitsFailed::new);
    }

    private Behavior<Command> onLimitsChanged(LimitsChanged changed) {
        limitLease.changed();
        leaseLimits();
        return this;
    }

    private Behavior<Command> onStarved(Starved starved) {
        leaseLimits();
        return this;
    }

    private Behavior<Command> onLimitsLeased(LimitsLeased done) {
        limitLease.leased(done.leased(), done.sinceNs(), System.nanoTime());
        leaseLimits();
        return endIfDone();
    }

    private Behavior<Command> onLimitsFailed(LimitsFailed failed) {
        limitLease.failed();
        troubles.log("cannot be given its part of the limits", failed.failure());
        return endIfDone();
    }

    private Behavior<Command> onStoreFailed(StoreFailed failed) {
        isWatching = false;
        troubles.log("cannot be looked after", failed.failure());
        return this;
    }

    private Behavior<Command> onBatchCancelled(BatchCancelled heard) {
        if (ids != null) {
            cancelled.hear(heard.batch(), held.all());
            cancelled.confirm();
        }
        return this;
    }

    private Behavior<Command> onJobCancelled(JobCancelled heard) {
        if (ids != null) {
            cancelledJobs.hear(heard.batch(), heard.number(), held.all());
        }
        return this;
    }

    private Behavior<Command> onCancelConfirmed(CancelConfirmed done) {
        cancelled.confirmed(done.confirmed());
        return this;
    }

    // The end

    private Behavior<Command> onStop(Stop stop) {
        if (!isStopping) {
            isStopping = true;
            appetite.stop();
            if (ids != null) {
                held.all().forEach(Held::giveBackUnstarted);
            }
        }
        return endIfDone();
    }

    private Behavior<Command> onStopRunning(StopRunning stop) {
        if (ids != null) {
            held.all().forEach(Held::stopAndGiveBack);
        }
        return onStop(new Stop());
    }

    private Behavior<Command> endIfDone() {
        if (!isStopping || isLeaving) {
            return this;
        } else if (ids == null) {
            return Behaviors.stopped();
        } else if (claims.isAsking() || limitLease.isAsking() || isSettling || !held.isEmpty()) {
            return this;
        } else if (held.hasDue()) {
            settle();
            return this;
        }
        isLeaving = true;
        endedBlocks.drop();
        tellWhenDone(
                transactions.work(connection -> {
                    leases.leave(connection, ids.queue(), parts.owner());
                    return Done.getInstance();
                }),
                done -> new Left(),
                failure -> new Left());
        return this;
    }

    private Behavior<Command> onPostStop(PostStop signal) {
        timers.cancel();
        appetite.stop();
        feeder.close();
        boolean holdsNothing = ids == null || held.isEmpty();
        if (ids != null) {
            held.abandon();
            claims.failed();
        }
        if (holdsNothing) {
            parts.ended().complete(Done.getInstance());
        } else {
            parts.ended()
                    .completeExceptionally(
                            new TimeoutException(
                                    "work on queue '" + parts.queue().name()
                                            + "' has ended before the jobs that it held; they run again once their leases have run out"));
        }
        return this;
    }
}
