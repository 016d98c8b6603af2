package dev.workpool.durable.internal.work;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.enqueue.Handover;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.Claiming;
import dev.workpool.durable.internal.store.Claiming.Ask;
import dev.workpool.durable.internal.store.Claiming.Claimed;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.Leases;
import dev.workpool.durable.internal.store.Limits;
import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.LiveLeases;
import dev.workpool.durable.internal.store.Payloads;
import dev.workpool.durable.internal.store.Queues;
import dev.workpool.durable.internal.store.Queues.Codec;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.durable.internal.store.Settling;
import dev.workpool.durable.internal.store.Settling.Settlement;
import dev.workpool.durable.internal.store.Transactions;
import dev.workpool.settings.BatchOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final int MOST_SEGMENTS = 32;
    private static final int MOST_PARTS = 64;

    /** After which a segment whose jobs take long is looked at: what is done is written, others may want the rest. */
    private static final long LONG_NS = 500_000_000L;

    private static final long HUNGRY_MS = 3_000;
    private static final long CODECS_EVERY_NS = 5_000_000_000L;

    /** What it is told. */
    public sealed interface Command {}

    private enum Tick implements Command {
        TICK
    }

    private enum Wake implements Command {
        WAKE
    }

    private enum LimitsChanged implements Command {
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

    private record ClaimDone(
            Claimed claimed, List<byte[]> blocks, OpenQueue.Codecs codecs, long undecodable, long sinceNs)
            implements Command {}

    private record ClaimFailed(Throwable failure) implements Command {}

    private record HandedOver(List<SegmentRow> rows, List<byte[]> blocks, long sinceNs) implements Command {}

    private record PartReady(Held<?> held, Part part) implements Command {}

    private record Settled(List<Held<?>> helds, List<Optional<Settlement>> written, List<Long> ended)
            implements Command {}

    private record SettleFailed(List<Held<?>> helds, Set<Long> lanes, Set<Long> toFinish, Throwable failure)
            implements Command {}

    private record Renewed(List<Held<?>> helds, List<SegmentRow> rows, boolean[] renewed, long sinceNs)
            implements Command {}

    private record Watched(Set<Long> cancelled, boolean othersAreHungry) implements Command {}

    private record StoreFailed(Throwable failure) implements Command {}

    private record Started(Held<?> suspect, boolean isHeld) implements Command {}

    /** Some batch was cancelled in this process. */
    public record BatchCancelled(long batch) implements Command {}

    private record Stop() implements Command {}

    private record StopRunning() implements Command {}

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
            Consumer<Collection<Long>> endedBatches,
            Consumer<Long> haltedBatch,
            Runnable gaveBack,
            CompletableFuture<Done> ended) {}

    private final Parts<J> parts;
    private final TimerScheduler<Command> timers;
    private final Transactions transactions;
    private final Claiming claiming;
    private final Settling settling;
    private final Leases leases;
    private final LiveLeases live;
    private final Batches batches;
    private final Feeder<J> feeder;
    private final Throttle throttle;
    private final Limits limits;
    private final LimitLease limitLease;
    private final AtomicBoolean isHungry;
    private final long leaseNs;
    private final Troubles troubles;

    private OpenQueue.Ids ids;
    private ClaimSize size;
    private OpenQueue.Codecs codecs = OpenQueue.Codecs.UNKNOWN;
    private long codecsNs = System.nanoTime() - CODECS_EVERY_NS;

    private final LaneTurns<J> turns = new LaneTurns<>(this::feed);
    private final Set<Held<J>> held = new LinkedHashSet<>();
    private final Map<Long, Integer> segmentsOfBatch = new HashMap<>();
    private final Map<Long, Integer> segmentsOfLane = new HashMap<>();
    private final Set<Long> lanesToRelease = new HashSet<>();
    private final Set<Long> batchesToFinish = new LinkedHashSet<>();

    private int running;
    private boolean isClaiming;
    private long claimToken;
    private boolean wakesAgain;
    private boolean isSettling;
    private boolean isRenewing;
    private boolean isWatching;
    private boolean isStopping;
    private boolean isLeaving;
    private boolean runsSuspect;
    private boolean hasSuspects;
    private boolean asksSuspects;
    private long undecodable;

    private long settledInWindow;
    private long windowNs = System.nanoTime();
    private boolean wasShort;
    private long watchedNs = System.nanoTime();
    private long outagesSeen;
    private long takesNoLostUntilNs = System.nanoTime();
    private long costWrittenNs = System.nanoTime();

    private WorkActor(
            ActorContext<Command> context, TimerScheduler<Command> timers, Parts<J> parts, AtomicBoolean isHungry) {
        super(context);
        this.parts = parts;
        this.timers = timers;
        this.isHungry = isHungry;
        OpenQueue<J> queue = parts.queue();
        this.transactions = queue.database().transactions();
        this.claiming = new Claiming(queue.database().names());
        this.settling = new Settling(queue.database().names());
        this.leases = new Leases(queue.database().names());
        this.batches = new Batches(queue.database().names());
        this.live = queue.database().liveLeases();
        this.leaseNs = queue.settings().lease().toNanos();
        this.troubles = new Troubles(queue.name());
        this.outagesSeen = transactions.availability().outages();
        RetryPlan retries =
                new RetryPlan(queue.settings().retry(), queue.lanes().areUsed());
        ActorRef<Command> self = context.getSelf();
        boolean canHalt = !parts.options().halt().equals(BatchOptions.defaults().halt());
        this.throttle = new Throttle(parts.runner().workers());
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
        this.limitLease = new LimitLease(throttle, feeder.gate(), parts.runner(), parts.owner(), leaseNs);
        tellWhenDone(
                queue.ids()
                        .thenCompose(found -> transactions.work(connection -> new Opened(
                                found, new Queues(queue.database().names()).costNs(connection, found.queue())))),
                opened -> opened,
                failure -> queue.ids().isCompletedExceptionally()
                        ? new NeverOpened(failure)
                        : new Opened(queue.ids().join(), 0));
        timers.startTimerWithFixedDelay(Tick.TICK, TICK);
    }

    /**
     * The behavior of work on a queue.
     *
     * @param handle completed with what others in this process need to reach it
     */
    public static <J> Behavior<Command> create(Parts<J> parts, CompletableFuture<Reach> handle) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            AtomicBoolean isHungry = new AtomicBoolean();
            handle.complete(new Reach(
                    context.getSelf(),
                    isHungry,
                    parts.owner(),
                    parts.queue().settings().lease().toMillis()));
            return new WorkActor<>(context, timers, parts, isHungry);
        }));
    }

    /** How others in this process reach the work on a queue. Thread-safe. */
    public static final class Reach implements Handover {
        private final ActorRef<Command> self;
        private final AtomicBoolean isHungry;
        private final String owner;
        private final long leaseMs;

        private Reach(ActorRef<Command> self, AtomicBoolean isHungry, String owner, long leaseMs) {
            this.self = self;
            this.isHungry = isHungry;
            this.owner = owner;
            this.leaseMs = leaseMs;
        }

        @Override
        public Optional<Taker> offer(int segments) {
            return isHungry.compareAndSet(true, false)
                    ? Optional.of(new Taker(owner, token(), leaseMs, Math.min(segments, MOST_SEGMENTS / 8)))
                    : Optional.empty();
        }

        @Override
        public void handOver(Taker taker, long sinceNs, List<SegmentRow> taken, List<byte[]> blocks) {
            self.tell(new HandedOver(taken, blocks, sinceNs));
        }

        boolean isOwner(Taker taker) {
            return owner.equals(taker.owner());
        }

        /** There may be jobs. */
        public void wake() {
            self.tell(Wake.WAKE);
        }

        void limitsChanged() {
            self.tell(LimitsChanged.LIMITS_CHANGED);
        }

        public void batchCancelled(long batch) {
            self.tell(new BatchCancelled(batch));
        }

        /** Claims no more, and gives back what is not begun. */
        public void stop() {
            self.tell(new Stop());
        }

        /** Has running jobs stopped, and gives them back. */
        public void stopRunning() {
            self.tell(new StopRunning());
        }
    }

    private static long token() {
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
                .onMessage(Stop.class, this::onStop)
                .onMessage(StopRunning.class, this::onStopRunning)
                .onMessage(Left.class, left -> Behaviors.stopped())
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<Command> onOpened(Opened opened) {
        ids = opened.ids();
        int segment = parts.queue().settings().segmentJobs();
        size = new ClaimSize(
                parts.queue().settings().claimAhead().toNanos(),
                workers(),
                2 * MOST_SEGMENTS * segment,
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
        wakesAgain = isClaiming;
        claim();
        return this;
    }

    // Claiming

    private void claim() {
        if (ids == null || isClaiming || isStopping || runsSuspect) {
            return;
        }
        boolean suspectOnly = hasSuspects && held.isEmpty();
        int target = size.target(throttle.share());
        if ((hasSuspects && !suspectOnly) || running > target / 2) {
            return; // until those that run have ended
        }
        isClaiming = true;
        asksSuspects = suspectOnly;
        isHungry.set(false);
        if (running == 0) {
            wasShort = true;
        }
        long sinceNs = System.nanoTime();
        boolean takesLost = sinceNs - takesNoLostUntilNs >= 0;
        boolean readsCodecs = sinceNs - codecsNs >= CODECS_EVERY_NS;
        OpenQueue.Codecs known = codecs;
        claimToken = token();
        live.hold(ids.queue(), claimToken); // also if the answer takes longer than the lease
        Ask ask = new Ask(
                ids.queue(),
                parts.queue().lanes().areUsed(),
                parts.owner(),
                claimToken,
                leaseNs / 1_000_000,
                workers(),
                suspectOnly ? 1 : Math.max(1, target - running),
                suspectOnly ? 1 : MOST_SEGMENTS,
                List.of(),
                live.held(ids.queue()),
                takesLost,
                suspectOnly);
        CompletableFuture<ClaimDone> done = transactions
                .work(connection -> {
                    OpenQueue.Codecs now = readsCodecs ? parts.queue().codecs(connection, ids.queue()) : known;
                    Set<Long> decodable = now.decodable().keySet();
                    return new ClaimDone(
                            claiming.claim(connection, ask.with(decodable)),
                            List.of(),
                            now,
                            readsCodecs ? undecodable(connection, now) : -1,
                            sinceNs);
                })
                .thenCompose(claimed -> readJobs(claimed));
        if (readsCodecs) {
            codecsNs = sinceNs;
        }
        tellWhenDone(done, claimed -> claimed, ClaimFailed::new);
    }

    /** All that waits is counted, so only where there are codecs that are not known here. */
    private long undecodable(Connection connection, OpenQueue.Codecs now) throws SQLException {
        return now.areAll()
                ? 0
                : claiming.undecodable(connection, ids.queue(), now.decodable().keySet());
    }

    /** In a transaction of its own: the claim is committed before, and holds no locks meanwhile. */
    private CompletableFuture<ClaimDone> readJobs(ClaimDone claimed) {
        List<SegmentRow> rows = claimed.claimed().segments();
        if (rows.isEmpty()) {
            return CompletableFuture.completedFuture(claimed);
        }
        Payloads payloads = new Payloads(parts.queue().database().names());
        return transactions.work(connection -> new ClaimDone(
                claimed.claimed(),
                payloads.read(connection, rows),
                claimed.codecs(),
                claimed.undecodable(),
                claimed.sinceNs()));
    }

    private Behavior<Command> onClaimDone(ClaimDone done) {
        isClaiming = false;
        troubles.over();
        codecs = done.codecs();
        undecodable(done.undecodable());
        Claimed claimed = done.claimed();
        if (claimed.isLimited()) {
            limitLease.begin(System.nanoTime());
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
        List<SegmentRow> rows = claimed.segments();
        boolean isSuspect = !rows.isEmpty() && rows.get(0).isSuspect();
        for (int i = 0; i < rows.size(); i++) {
            Held<J> segment = hold(rows.get(i), done.blocks().get(i), done.sinceNs());
            if (isSuspect) {
                start(segment);
            } else {
                turns.add(segment);
            }
        }
        live.drop(ids.queue(), claimToken); // what was claimed holds it now
        if (rows.stream().anyMatch(SegmentRow::isShared)) {
            size.holdFew(System.nanoTime());
        }
        batchesToFinish.addAll(claimed.emptied());
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
        boolean others =
                asksSuspects && !claimed.isPaused(); // somebody else was faster; there may be more than suspects
        if (wakesAgain || !foundNone || others || claimed.reaped() > 0 || (hasSuspects && held.isEmpty())) {
            wakesAgain = false;
            claim();
            return;
        }
        boolean isIdle = running == 0 && !claimed.isPaused() && !isStopping;
        if (isIdle) {
            isHungry.set(!parts.queue().lanes().areUsed());
            reportHungry();
        }
        long pollMs = parts.queue().settings().pollInterval().toMillis();
        long jitterMs = ThreadLocalRandom.current().nextLong(1 + pollMs / 10);
        wakeIn(Math.min(pollMs + jitterMs, Math.max(1, claimed.dueInMs())));
    }

    private void feed(Held<J> segment) {
        feeder.feed(segment, codecs.decodable().get(segment.claimed.codec()));
    }

    private void wakeIn(long ms) {
        timers.startSingleTimer(Wake.WAKE, Duration.ofMillis(ms));
    }

    private Behavior<Command> onClaimFailed(ClaimFailed failed) {
        isClaiming = false;
        live.drop(ids.queue(), claimToken);
        troubles.log("cannot be claimed from", failed.failure());
        wakeIn(parts.queue().settings().pollInterval().toMillis());
        return endIfDone();
    }

    private Held<J> hold(SegmentRow row, byte[] block, long sinceNs) {
        Held<J> segment = new Held<>(row, block, sinceNs + leaseNs, System.nanoTime());
        held.add(segment);
        live.hold(ids.queue(), row.token());
        running += segment.running;
        segmentsOfBatch.merge(row.batch(), 1, Integer::sum);
        if (row.lane() >= 0) {
            segmentsOfLane.merge(row.token(), 1, Integer::sum);
        }
        parts.counters().claimed.add(row.jobs().size());
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
        claim();
        return this;
    }

    /** It begins when it is written down that it does. */
    private void start(Held<J> suspect) {
        runsSuspect = true;
        tellWhenDone(
                transactions.work(connection -> claiming.start(connection, suspect.row)),
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
        segment.running -= jobs;
        running -= jobs;
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
            segment.parts.add(ready.part());
            if (ready.part().hasHalted()) {
                parts.haltedBatch().accept(segment.claimed.batch());
            }
            settle();
        }
        claim();
        return endIfDone();
    }

    private void settle() {
        if (isSettling || ids == null) {
            return;
        }
        List<Held<?>> helds = new ArrayList<>();
        List<Settlement> settlements = new ArrayList<>();
        for (Held<J> each : held) {
            if (!each.parts.isEmpty() && !each.isLost) {
                each.isSettling = true;
                helds.add(each);
                settlements.add(each.parts
                        .peek()
                        .of(ids.queue(), each.row, parts.runner().isTransactional()));
                if (helds.size() == MOST_PARTS) {
                    break;
                }
            }
        }
        Set<Long> lanes = Set.copyOf(lanesToRelease);
        Set<Long> toFinish = Set.copyOf(batchesToFinish);
        if (helds.isEmpty() && lanes.isEmpty() && toFinish.isEmpty()) {
            return;
        }
        isSettling = true;
        lanesToRelease.clear();
        batchesToFinish.clear();
        CompletableFuture<Settled> done = transactions.work(connection -> {
            List<Optional<Settlement>> written = settling.settle(connection, settlements);
            leases.releaseLanes(connection, ids.queue(), lanes);
            return new Settled(helds, written, batches.finish(connection, toFinish));
        });
        tellWhenDone(done, settled -> settled, failure -> new SettleFailed(helds, lanes, toFinish, failure));
        done.whenComplete((settled, failure) -> {
            if (failure == null && !settled.ended().isEmpty()) {
                parts.endedBatches().accept(settled.ended());
            }
        });
    }

    @SuppressWarnings("unchecked") // they are its own
    private Behavior<Command> onSettled(Settled settled) {
        isSettling = false;
        troubles.over();
        for (int i = 0; i < settled.helds().size(); i++) {
            Held<J> segment = (Held<J>) settled.helds().get(i);
            segment.isSettling = false;
            Part part = segment.parts.poll();
            if (settled.written().get(i).isPresent()) {
                count(segment, settled.written().get(i).get());
                segment.row
                        .jobs()
                        .without(part.jobs())
                        .ifPresentOrElse(rest -> segment.row = segment.row.with(rest), () -> forget(segment));
            } else {
                refused(segment, part.jobs().size());
                lose(segment);
            }
        }
        settle();
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
        WorkCounters counters = parts.counters();
        counters.succeeded.add(written.counts().succeeded());
        counters.failed.add(written.counts().failed());
        counters.timedOut.add(written.counts().timedOut());
        counters.cancelled.add(written.counts().cancelled());
        counters.dead.add(written.dead().size());
        written.dead().forEach(each -> parts.events().dead(segment.claimed.batch(), each.outcome(), 0));
        written.retries().forEach(retry -> counters.retried.add(retry.jobs().size()));
        written.released().forEach(released -> counters.released.add(released.size()));
        if (!written.released().isEmpty()) {
            parts.gaveBack().run();
        }
    }

    /** The store may have written it although it did not say so. Then the next attempt is refused, and no outcome is lost. */
    private Behavior<Command> onSettleFailed(SettleFailed failed) {
        isSettling = false;
        failed.helds().forEach(each -> each.isSettling = false);
        lanesToRelease.addAll(failed.lanes());
        batchesToFinish.addAll(failed.toFinish());
        troubles.log("cannot be written to", failed.failure());
        return endIfDone(); // the next tick tries again
    }

    private void forget(Held<J> segment) {
        if (!held.remove(segment)) {
            return;
        }
        live.drop(ids.queue(), segment.claimed.token());
        running -= segment.running;
        segment.running = 0;
        turns.ended(segment);
        if (segment.row.isSuspect()) {
            runsSuspect = false;
        }
        long batch = segment.claimed.batch();
        if (segmentsOfBatch.merge(batch, -1, Integer::sum) == 0) {
            segmentsOfBatch.remove(batch);
            batchesToFinish.add(batch);
        }
        long token = segment.claimed.token();
        if (segment.claimed.lane() >= 0 && segmentsOfLane.merge(token, -1, Integer::sum) == 0) {
            segmentsOfLane.remove(token);
            lanesToRelease.add(token);
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
        renew(nowNs);
        stopWhatIsOverdue(nowNs);
        leaseLimits();
        lookAtLongOnes(nowNs);
        watch(nowNs);
        seeOutages(nowNs);
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
        if (running > 0 || settledInWindow > 0) {
            size.onWindow(settledInWindow, nowNs - windowNs, wasShort || running == 0);
        }
        settledInWindow = 0;
        wasShort = false;
        windowNs = nowNs;
        if (nowNs - costWrittenNs > CODECS_EVERY_NS && !held.isEmpty() && !throttle.isLimited()) {
            costWrittenNs = nowNs;
            long costNs = size.costNs();
            parts.queue().costNs(costNs);
            tellWhenDone(
                    transactions.work(connection -> {
                        new Queues(parts.queue().database().names()).setCostNs(connection, ids.queue(), costNs);
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
        for (Held<J> each : held) {
            // One that is being settled may change its name meanwhile; it is soon over, or renewed by the next tick.
            if (!each.isLost && !each.isSettling && each.leaseUntilNs - nowNs < leaseNs * 2 / 3) {
                due.add(each);
            }
        }
        if (due.isEmpty()) {
            return;
        }
        isRenewing = true;
        List<SegmentRow> rows = due.stream().map(each -> each.row).toList();
        Set<Long> lanes = Set.copyOf(segmentsOfLane.keySet());
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
                segment.leaseUntilNs = done.sinceNs() + leaseNs;
            } else if (isSame && held.contains(segment)) {
                lose(segment);
            } // else it was settled meanwhile, and has another name; the next tick renews it by that
        }
        return endIfDone();
    }

    /** The store has not answered for nearly a lease: others may begin what runs here. */
    private void stopWhatIsOverdue(long nowNs) {
        boolean canBeTaken = parts.queue().database().isShared();
        for (Held<J> each : List.copyOf(held)) {
            boolean isOverdue = canBeTaken && each.leaseUntilNs - nowNs < leaseNs / 6;
            if (!each.givesBack && (isOverdue || throttle.isOverdue(nowNs))) {
                each.stopAndGiveBack();
            }
        }
    }

    /** What is done of a segment that takes long is written, so that little is lost with the process. */
    private void lookAtLongOnes(long nowNs) {
        for (Held<J> each : held) {
            long everyNs = each.givesBack ? TICK.toNanos() : LONG_NS;
            if (!each.isLost
                    && nowNs - each.takenNs > everyNs
                    && each.given.stream().anyMatch(g -> g.piece().hasEnded())) {
                each.takenNs = nowNs;
                feeder.takeEnded(each);
            }
        }
    }

    private void watch(long nowNs) {
        boolean hasLong = held.stream().anyMatch(each -> nowNs - each.sinceNs > LONG_NS / 2);
        if (isWatching || !hasLong || nowNs - watchedNs < LONG_NS / 2) {
            return;
        }
        isWatching = true;
        watchedNs = nowNs;
        Set<Long> mine = Set.copyOf(segmentsOfBatch.keySet());
        tellWhenDone(
                transactions.work(connection -> new Watched(
                        batches.cancelled(connection, mine),
                        leases.othersAreHungry(connection, ids.queue(), parts.owner()))),
                watched -> watched,
                StoreFailed::new);
    }

    private Behavior<Command> onWatched(Watched watched) {
        isWatching = false;
        watched.cancelled().forEach(this::cancel);
        if (watched.othersAreHungry() && running > workers()) {
            long nowNs = System.nanoTime();
            for (Held<J> each : held) {
                if (!each.isLost && !each.givesBack && nowNs - each.sinceNs > LONG_NS / 2) {
                    each.giveBackUnstarted();
                }
            }
            size.holdFew(nowNs);
        }
        return this;
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
        if (ids == null || isLeaving || !limitLease.isDue(running, nowNs)) {
            return;
        }
        Limits.Ask ask = limitLease.ask(ids.queue(), running, nowNs);
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

    private void seeOutages(long nowNs) {
        long outages = transactions.availability().outages();
        if (outages != outagesSeen || transactions.availability().failure().isPresent()) {
            outagesSeen = outages;
            // Whoever else was cut off is to have the time to renew its leases before they are taken from it.
            takesNoLostUntilNs = nowNs + leaseNs / 3;
        }
    }

    private Behavior<Command> onStoreFailed(StoreFailed failed) {
        isWatching = false;
        troubles.log("cannot be looked after", failed.failure());
        return this;
    }

    private Behavior<Command> onBatchCancelled(BatchCancelled cancelled) {
        cancel(cancelled.batch());
        return this;
    }

    private void cancel(long batch) {
        for (Held<J> each : held) {
            if (each.claimed.batch() == batch && !each.isCancelled) {
                each.cancel();
            }
        }
    }

    // The end

    private Behavior<Command> onStop(Stop stop) {
        if (!isStopping) {
            isStopping = true;
            isHungry.set(false);
            held.forEach(Held::giveBackUnstarted);
        }
        return endIfDone();
    }

    private Behavior<Command> onStopRunning(StopRunning stop) {
        held.forEach(Held::stopAndGiveBack);
        return onStop(new Stop());
    }

    private Behavior<Command> endIfDone() {
        boolean isDone = isStopping
                && !isLeaving
                && !isClaiming
                && !limitLease.isAsking()
                && held.isEmpty()
                && !isSettling
                && batchesToFinish.isEmpty()
                && lanesToRelease.isEmpty();
        if (isDone) {
            isLeaving = true;
            if (ids == null) {
                return Behaviors.stopped();
            }
            tellWhenDone(
                    transactions.work(connection -> {
                        leases.leave(connection, ids.queue(), parts.owner());
                        return Done.getInstance();
                    }),
                    done -> new Left(),
                    failure -> new Left());
        } else if (isStopping && !isSettling && held.isEmpty()) {
            settle();
        }
        return this;
    }

    private Behavior<Command> onPostStop(PostStop signal) {
        isHungry.set(false);
        for (Held<J> each : held) {
            each.stopAndGiveBack();
            live.drop(ids.queue(), each.claimed.token());
        }
        if (isClaiming) {
            live.drop(ids.queue(), claimToken);
        }
        feeder.close();
        if (held.isEmpty()) {
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
