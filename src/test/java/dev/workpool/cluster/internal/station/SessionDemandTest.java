package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.router.Router;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A station asks for what its router wants, and a little more, of each fleet its share. */
class SessionDemandTest {
    private static final long BUDGET_NS = 40_000_000;
    private static final int WORKERS = 2;

    private final SessionDemand demand = new SessionDemand(BUDGET_NS, 1 << 20);
    private final StationQueue queue = new StationQueue(
            TestInbox.<Router.Command<byte[]>>create().getRef(),
            () -> 0,
            new StationCounts(new PublishedNumbers<>(OfDispatcher.class)));
    private final StationSessions one = new StationSessions(1, Integer.MAX_VALUE);
    private final StationSessions other = new StationSessions(2, Integer.MAX_VALUE);
    private long localIds;

    private void routerWants(long upTo, double costNs) {
        queue.demand(new Router.Demand(upTo, 1, 1, 0, costNs));
    }

    private void arrive(StationSessions session, int count, long weights) {
        SessionBatch batch = session.session.batches.get(1L);
        if (batch == null) {
            batch = session.batch(1, ++localIds, 0);
            queue.add(batch);
        }
        queue.add(batch, StationSessions.slice(batch, (int) session.session.granted, count), weights);
    }

    private void tell(StationSessions... sessions) {
        demand.tell(List.of(sessions).stream().map(each -> each.session).toList(), queue, WORKERS);
    }

    @Test
    void asLongAsNoCostIsKnownOneForEachWorkerIsAhead() {
        routerWants(2, 0);
        tell(one);
        assertThat(one.told(FleetEvent.Demand.class)).containsExactly(new FleetEvent.Demand(4, 0, WORKERS));
        tell(one);
        assertThat(one.demanded()).isEqualTo(-1);
    }

    @Test
    void twoMessagesOfWorkAreAhead() {
        routerWants(10, 1_000_000);
        tell(one);
        assertThat(one.demanded()).isEqualTo(10 + 2 * 40 * WORKERS);
    }

    @Test
    void littleIsNotAskedForByItself() {
        routerWants(0, 1_000_000);
        tell(one);
        assertThat(one.demanded()).isEqualTo(160);
        arrive(one, 160, 1);
        routerWants(10, 1_000_000);
        tell(one);
        assertThat(one.demanded()).isEqualTo(-1);
        routerWants(100, 1_000_000);
        tell(one);
        assertThat(one.demanded()).isEqualTo(260);
    }

    @Test
    void longJobsAreNotHeldAhead() {
        routerWants(2, 1e9);
        tell(one);
        assertThat(one.demanded()).isEqualTo(2);
    }

    private void farAway(long roundTripNs) {
        one.session.roundTrip.add(roundTripNs);
    }

    @Test
    void workForARoundTripIsAheadBesideTwoMessagesOfAsMuch() {
        farAway(1_000_000_000);
        routerWants(10, 1_000_000);
        tell(one);
        assertThat(one.demanded()).isEqualTo(10 + (2 * 1_000 + 1_000) * WORKERS);
        StationSessions near = new StationSessions(3, Integer.MAX_VALUE);
        near.session.roundTrip.add(1_000_000);
        tell(near);
        assertThat(near.demanded()).isEqualTo(10 + (2 * 40 + 1) * WORKERS);
    }

    @Test
    void noMoreIsAheadThanForARoundTripOfTwoSeconds() {
        farAway(60_000_000_000L);
        routerWants(0, 1_000_000);
        tell(one);
        assertThat(one.demanded()).isEqualTo(3 * 2_000 * WORKERS);
    }

    @Test
    void longJobsAreHeldAheadOfAFleetThatIsFarAway() {
        farAway(1_000_000_000);
        routerWants(2, 4e8);
        tell(one);
        assertThat(one.demanded()).isEqualTo(2 + 3 * WORKERS);
        routerWants(2, 2e10);
        tell(other);
        assertThat(other.demanded()).isEqualTo(2);
    }

    @Test
    void someAreAheadOfAFleetThatIsFarAwayBeforeACostIsKnown() {
        farAway(1_000_000_000);
        routerWants(2, 0);
        tell(one);
        assertThat(one.demanded()).isEqualTo(2 + 25 * WORKERS);
    }

    @Test
    void fleetsAreAskedInProportionToTheirWeights() {
        routerWants(0, 1_000_000);
        arrive(one, 1, 1);
        arrive(other, 1, 3);
        tell(one, other);
        assertThat(one.demanded()).isEqualTo(40);
        assertThat(other.demanded()).isEqualTo(120);
    }

    @Test
    void aFleetWithoutJobsTakesNothingFromOthers() {
        routerWants(0, 1_000_000);
        arrive(one, 1, 1);
        tell(one, other);
        assertThat(one.demanded()).isEqualTo(160);
        assertThat(other.demanded()).isEqualTo(80);
    }

    @Test
    void aLimitBoundsWhatIsAhead() {
        StationSessions limited = new StationSessions(3, 3);
        routerWants(10, 1_000_000);
        tell(limited);
        assertThat(limited.demanded()).isEqualTo(6);
        StationSessions none = new StationSessions(4, 0);
        tell(none);
        assertThat(none.demanded()).isNotPositive();
    }

    @Test
    void whoDoesNotTakeOutcomesIsNotAskedForMoreJobs() {
        routerWants(10, 1_000_000);
        one.session.frames.send(new byte[2 << 20]);
        tell(one);
        assertThat(one.demanded()).isNotPositive();
        one.session.frames.acknowledged(1);
        one.session.frames.acknowledged(2);
        tell(one);
        assertThat(one.demanded()).isPositive();
    }

    @Test
    void jobsThatTurnOutToTakeLongAreTooManyHere() {
        routerWants(2, 10_000);
        one.session.waiting = 5_000;
        tell(one);
        assertThat(one.session.surplus).isZero();
        routerWants(2, 20_000_000);
        tell(one);
        assertThat(one.session.surplus).isGreaterThan(4_900);
        assertThat(one.session.toldCostNs).isEqualTo(20_000_000);
    }

    @Test
    void largeJobsDoNotFillTheNode() {
        routerWants(10, 10_000);
        one.session.jobBytes = 1 << 16;
        tell(one);
        assertThat(one.demanded()).isEqualTo(16);
    }
}
