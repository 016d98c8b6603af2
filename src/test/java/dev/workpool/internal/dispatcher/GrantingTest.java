package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.Events;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class GrantingTest {
    private static final long MS = 1_000_000;
    private static final WorkerPoolSettings SETTINGS = WorkerPoolSettings.create(ConfigFactory.load(), "p");

    private long nowNs = 5;
    private final TestInbox<Router.Command<String>> router = TestInbox.create();
    private final Backlog<Integer, String> backlog = new Backlog<>(
            SETTINGS,
            () -> nowNs,
            Runnable::run,
            (batchId, ledger, policy, events) -> {
                TestInbox<Collector.Command<String>> inbox = TestInbox.create();
                return new Slice.BatchRef<>(batchId, inbox.getRef(), policy);
            },
            new JobTimes(() -> 0),
            Events.none());
    private Granting<Integer, String> granting = granting(Optional.empty());
    private long upTo;

    private Granting<Integer, String> granting(Optional<RateLimit> limit) {
        return new Granting<>(backlog, router.getRef(), () -> nowNs, limit, 0, new LongWork(() -> {}), Events.none());
    }

    private void accept(int jobs) {
        backlog.accept(new BatchSubmission<>(
                PagedList.copyOf(IntStream.range(0, jobs).boxed().toList()),
                BatchOptions.defaults(),
                BatchReceiver.of(null, Runnable::run, result -> {})));
    }

    private void demand(long more) {
        upTo += more;
        granting.demand(upTo, 1, 0);
        granting.proceed();
    }

    /** Jobs granted since this was last asked; nothing else was told. */
    private long granted() {
        long jobs = 0;
        for (Router.Command<String> command : router.getAllReceived()) {
            jobs += ((Router.Grant<String>) command).slice().size();
        }
        return jobs;
    }

    @Example
    void whatIdleWorkersGetIsCountedOnceWhateverCrossesIt() {
        granting = new Granting<>(
                backlog, router.getRef(), () -> nowNs, Optional.empty(), 8, new LongWork(() -> {}), Events.none());
        assertThat(granting.idle()).as("all at first").isEqualTo(8);
        accept(3);
        granting.demand(8, 1, 8);
        granting.proceed();
        assertThat(granting.idle()).isEqualTo(5);
        granting.demand(8, 1, 8);
        assertThat(granting.idle()).as("told before the grant was heard of").isEqualTo(5);
        granting.pause();
        assertThat(granting.idle()).as("nothing may begin").isZero();
        granting.resume();
        accept(20);
        granting.demand(30, 1, 8);
        granting.proceed();
        assertThat(granting.idle())
                .as("more were granted than there were idle workers")
                .isZero();
        granting.demand(30, 1, 25);
        assertThat(granting.idle()).as("two are idle again").isEqualTo(2);
    }

    /** They came back since somebody they were meant for could not begin them. */
    @Example
    void whatComesBackIsNotForIdleWorkersAnyMore() {
        granting = new Granting<>(
                backlog, router.getRef(), () -> nowNs, Optional.empty(), 8, new LongWork(() -> {}), Events.none());
        accept(3);
        granting.demand(8, 1, 8);
        granting.proceed();
        Slice<String> slice = ((Router.Grant<String>) router.receiveMessage()).slice();
        granting.giveBack(new Router.Returned<>(slice, 5));
        assertThat(granting.idle()).isEqualTo(5);
    }

    @Example
    void nobodyIsIdleForJobsWithoutPermits() {
        granting = new Granting<>(
                backlog,
                router.getRef(),
                () -> nowNs,
                Optional.of(new RateLimit(1, 2)),
                8,
                new LongWork(() -> {}),
                Events.none());
        assertThat(granting.idle()).isEqualTo(2);
        accept(2);
        granting.demand(8, 1, 8);
        granting.proceed();
        assertThat(granting.idle()).isZero();
        assertThat(granting.nextDueNs()).as("to make room").isEqualTo(nowNs + 1_000_000_000);
        nowNs += 1_000_000_000;
        assertThat(granting.idle()).isEqualTo(1);
    }

    @Example
    void asMuchIsGrantedAsIsDemanded() {
        accept(10);
        demand(3);
        assertThat(granted()).isEqualTo(3);
        demand(4);
        assertThat(granted()).isEqualTo(4);
        assertThat(granting.expected()).isEqualTo(3);
        demand(9);
        assertThat(granted()).isEqualTo(3);
        assertThat(granting.nextDueNs()).isEqualTo(TimerQueue.NEVER);
        accept(10);
        granting.proceed();
        assertThat(granted()).as("of the demand that is left").isEqualTo(6);
    }

    @Example
    void inAHoldNothingIsGrantedUntilItsTimeIsOver() {
        accept(10);
        granting.hold(0);
        assertThat(granting.nextDueNs()).isEqualTo(TimerQueue.NEVER);
        granting.hold(7 * MS);
        granting.hold(2 * MS);
        assertThat(router.getAllReceived()).containsExactly(new Router.Pause<>());
        demand(3);
        assertThat(granted()).isZero();
        assertThat(granting.expected()).isZero();
        assertThat(granting.nextDueNs()).as("the longer one").isEqualTo(nowNs + 7 * MS);
        nowNs += 4 * MS;
        granting.hold(6 * MS);
        granting.proceed();
        assertThat(granted()).isZero();
        assertThat(granting.nextDueNs()).isEqualTo(nowNs + 6 * MS);
        nowNs += 6 * MS - 1;
        granting.proceed();
        assertThat(granted()).isZero();
        nowNs += 1;
        granting.proceed();
        assertThat(router.getAllReceived()).first().as("before it has work").isEqualTo(new Router.Resume<>());
        assertThat(granting.expected()).isEqualTo(7);
        assertThat(granting.nextDueNs()).isEqualTo(TimerQueue.NEVER);
    }

    @Example
    void aHoldAndAPauseAreOverWhenBothAre() {
        accept(10);
        granting.hold(5 * MS);
        granting.pause();
        granting.resume();
        assertThat(router.getAllReceived()).as("it is held").containsExactly(new Router.Pause<>());
        granting.pause();
        nowNs += 5 * MS;
        demand(3);
        assertThat(granted()).as("it is paused").isZero();
        assertThat(granting.nextDueNs()).isEqualTo(TimerQueue.NEVER);
        granting.hold(5 * MS);
        granting.resume();
        nowNs += 5 * MS;
        granting.proceed();
        assertThat(router.getAllReceived()).hasSize(2).first().isEqualTo(new Router.Resume<>());
    }

    @Example
    void aHoldGoesBeforeALimit() {
        granting = granting(Optional.of(new RateLimit(100, 1)));
        accept(10);
        demand(10);
        assertThat(granted()).isEqualTo(1);
        granting.hold(1_000 * MS);
        assertThat(granting.nextDueNs()).isEqualTo(nowNs + 1_000 * MS);
        nowNs += 1_000 * MS;
        router.getAllReceived();
        granting.proceed();
        assertThat(router.getAllReceived()).hasSizeGreaterThan(1);
        assertThat(granting.nextDueNs()).isGreaterThan(nowNs);
    }

    @Example
    void inAPauseNothingIsGrantedAndItIsToldOnce() {
        accept(10);
        granting.pause();
        granting.pause();
        assertThat(router.getAllReceived()).containsExactly(new Router.Pause<>());
        demand(3);
        assertThat(granted()).isZero();
        assertThat(granting.expected()).isZero();
        granting.resume();
        granting.resume();
        assertThat(router.getAllReceived()).containsExactly(new Router.Resume<>());
        granting.proceed();
        assertThat(granted()).isEqualTo(3);
    }

    @Example
    void aLimitGrantsItsBurstAndThenAtItsRate() {
        granting = granting(Optional.of(new RateLimit(100, 5)));
        accept(100);
        demand(50);
        assertThat(granted()).isEqualTo(5);
        assertThat(granting.expected()).as("what the router need not wait for").isZero();
        assertThat(granting.nextDueNs()).isEqualTo(nowNs + 10 * MS);
        nowNs += 35 * MS;
        granting.proceed();
        assertThat(granted()).isEqualTo(3);
        assertThat(granting.nextDueNs()).isEqualTo(nowNs + 5 * MS);
    }

    @Example
    void permitsThatWereNotUsedAreThereAgain() {
        granting = granting(Optional.of(new RateLimit(0.001, 5)));
        accept(100);
        demand(5);
        Router.Grant<String> grant = (Router.Grant<String>) router.receiveMessage();
        granting.unused(2);
        demand(9);
        assertThat(granted()).isEqualTo(2);
        upTo -= 3;
        granting.giveBack(new Router.Returned<>(grant.slice().part(2, 5), upTo));
        backlog.giveBack(grant.slice().part(2, 5));
        granting.proceed();
        assertThat(granted()).isEqualTo(3);
    }

    @Example
    void aLimitOnAnIdlePoolHasItsBurst() {
        granting.limit(Optional.of(new RateLimit(1, 4)));
        assertThat(router.getAllReceived()).isEmpty();
        accept(10);
        demand(10);
        assertThat(granted()).isEqualTo(4);
    }

    /** What a busy pool has begun is done with; what it has not comes back and gives a permit that it never took. */
    @Example
    void aLimitOnABusyPoolCallsBackWhatHasNotBegun() {
        accept(20);
        demand(10);
        Router.Grant<String> grant = (Router.Grant<String>) router.receiveMessage();
        granting.limit(Optional.of(new RateLimit(0.001, 4)));
        assertThat(router.getAllReceived())
                .containsExactly(new Router.Pause<>(), new Router.Resume<>(), new Router.NothingQueued<>());
        upTo -= 9;
        granting.giveBack(new Router.Returned<>(grant.slice().part(1, 10), upTo));
        backlog.giveBack(grant.slice().part(1, 10));
        demand(10);
        assertThat(granted()).isEqualTo(4);
        granting.limit(Optional.empty());
        granting.proceed();
        assertThat(granted()).isEqualTo(6);
    }

    @Example
    void aLimitInAPauseDoesNotEndIt() {
        accept(20);
        demand(1);
        granting.pause();
        router.getAllReceived();
        granting.limit(Optional.of(new RateLimit(1, 4)));
        assertThat(router.getAllReceived()).isEqualTo(List.of(new Router.NothingQueued<>()));
    }

    /** Whatever comes back and whenever somebody looks: no permit is lost, and none is there twice. */
    @Property(tries = 200)
    void jobsBeginAtTheRateWhateverComesBack(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2_000) int rate,
            @ForAll @IntRange(min = 1, max = 30) int burst) {
        new GrantingTest().beginAtTheRate(new Random(seed), rate, burst); // one for each try
    }

    private void beginAtTheRate(Random random, int rate, int burst) {
        granting = granting(Optional.of(new RateLimit(rate, burst)));
        accept(100_000);
        long begun = 0;
        long startNs = nowNs;
        for (int i = 0; i < 300; i++) {
            demand(1_000);
            for (Router.Command<String> command : router.getAllReceived()) {
                Slice<String> slice = ((Router.Grant<String>) command).slice();
                int keep = random.nextInt(slice.size() + 1);
                begun += keep;
                if (keep < slice.size() && random.nextBoolean()) {
                    Slice<String> back = slice.part(keep, slice.size());
                    upTo -= back.size();
                    granting.giveBack(new Router.Returned<>(back, upTo));
                    backlog.giveBack(back);
                } else {
                    granting.unused(slice.size() - keep);
                }
            }
            nowNs += random.nextInt(20) * MS;
            granting.proceed();
        }
        for (long more = granted(); more > 0; more = granted()) {
            begun += more;
            granting.proceed();
        }
        double due = (nowNs - startNs) / 1e9 * rate;
        assertThat((double) begun).isBetween(Math.floor(due), Math.ceil(due + burst));
    }
}
