package dev.workpool.cluster.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.FleetEvent.Load;
import dev.workpool.cluster.internal.wire.JobsBlock;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.event.BatchEvents;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.Delivery;
import dev.workpool.support.CapturedLog;
import dev.workpool.testkit.WorkerPoolTestKit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fleet beside a dispatcher and a station that are played by the test, in virtual time. */
class FleetTest {
    private static final JobCodec<String> TEXTS = JobCodec.strings();
    private static final Encoding ENCODING = new Encoding(TEXTS.name(), TEXTS.version());

    private static final EncodedJob.Origin ORIGIN = new EncodedJob.Origin() {
        @Override
        public int version() {
            return TEXTS.version();
        }

        @Override
        public boolean mayBegin() {
            return true;
        }
    };

    private static final NodeRoles ALL = new NodeRoles() {
        @Override
        public Address addressOf(Address actors) {
            return actors;
        }

        @Override
        public int members() {
            return 2;
        }

        @Override
        public boolean has(Address node) {
            return true;
        }
    };

    private WorkerPoolTestKit kit;
    private final List<Router.Event> dispatcher = new ArrayList<>();
    private final List<Collector.Command<String>> collector = new ArrayList<>();
    private final List<WireMessage> station = new ArrayList<>();
    private final List<WireMessage.Frame> frames = new ArrayList<>();
    private final List<PoolProblem> problems = new ArrayList<>();
    private ActorRef<WireMessage> inlet;
    private Slice.BatchRef<String> batch;
    private PoolEvents events;
    private List<ClusterNode> nodes = List.of();
    private Optional<String> whyNobodyWorks = Optional.empty();
    private ActorRef<Object> fleet;
    private long sent;
    private long sentFrames;

    @BeforeEach
    void start() {
        start(settings -> settings);
    }

    private void start(UnaryOperator<ClusterSettings> changes) {
        kit = WorkerPoolTestKit.create();
        inlet = recorder("inlet", message -> frames.add((WireMessage.Frame) message));
        batch = new Slice.BatchRef<>(5, recorder("collector", collector::add), JobPolicy.NONE);
        events = new PoolEvents(
                "pool",
                List.of(recorder(problems)),
                Runnable::run,
                PoolClock.of(kit.system()),
                (observer, thrown) -> {});
        ActorRef<WireMessage> actor = recorder("station", station::add);
        kit.system().receptionist().tell(Receptionist.register(FleetWorkplace.stations("pool"), actor));
        ActorRef<Router.Event> ofDispatcher = recorder("dispatcher", dispatcher::add);
        fleet = kit.system()
                .systemActorOf(
                        Fleet.create(new FleetParts<String, String>(
                                kit.settings("pool"),
                                changes.apply(ClusterSettings.create(kit.system(), "pool")),
                                SteadyCodec.of(TEXTS, "jobs"),
                                SteadyCodec.of(TEXTS, "results"),
                                FleetWorkplace.stations("pool"),
                                ALL,
                                ofDispatcher,
                                Runnable::run,
                                PoolClock.of(kit.system()),
                                new PublishedNumbers<>(OfRouter.class),
                                events,
                                Intake.ofProcess(),
                                (now, why) -> {
                                    nodes = now;
                                    whyNobodyWorks = why;
                                })),
                        "fleet",
                        Props.empty())
                .unsafeUpcast();
        kit.drain();
    }

    @Test
    void aPoolThatNoNodeWorksForSaysWhyToWhomeverItConcerns() {
        List<PoolProblem> ofBatch = new ArrayList<>();
        accepted(1, ofBatch);
        try (CapturedLog log = CapturedLog.of(Fleet.class.getName())) {
            tell(Receptionist.listing(
                    FleetWorkplace.ALL_STATIONS,
                    Set.of(
                            recorder("workpool-workers-other-name-12", message -> {}),
                            recorder("workpool-workers-pool-1", message -> {}))));
            String why = ".* has not answered yet; there are also workers of other names: 'other-name'";
            assertThat(whyNobodyWorks)
                    .hasValueSatisfying(text -> assertThat(text).matches(why));
            kit.advance(Duration.ofSeconds(9));
            assertThat(problems).isEmpty();
            kit.advance(Duration.ofSeconds(12));
            assertThat(log.messages())
                    .singleElement()
                    .satisfies(text -> assertThat(text).matches("The jobs of pool 'pool' wait: " + why));
            assertThat(problems).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(PoolProblem.Kind.NO_NODE);
                assertThat(problem.batch()).isEmpty();
                assertThat(problem.reason()).matches(why);
                assertThat(problem.time()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
            });
            assertThat(ofBatch)
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.batch().orElseThrow().id()).isEqualTo(1));
            accepted(2, ofBatch);
            assertThat(problems).hasSize(2);
            assertThat(ofBatch)
                    .hasSize(2)
                    .last()
                    .satisfies(problem -> assertThat(problem.time()).isGreaterThan(Duration.ofSeconds(20)));
        }
        open(10);
        assertThat(whyNobodyWorks).isEmpty();
        accepted(3, ofBatch);
        assertThat(ofBatch).hasSize(2);
    }

    private void accepted(long id, List<PoolProblem> told) {
        BatchEvents batch = events.ofBatch(new Label(BatchInfo.Kind.BATCH, id, "batch"), List.of(recorder(told)));
        batch.accepted(OptionalLong.of(1));
    }

    private static PoolObserver recorder(List<PoolProblem> told) {
        return new PoolObserver() {
            @Override
            public void onProblem(PoolProblem problem) {
                told.add(problem);
            }
        };
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private <T> ActorRef<T> recorder(String name, Consumer<T> list) {
        return kit.system()
                .systemActorOf(
                        Behaviors.<T>receiveMessage(message -> {
                            list.accept(message);
                            return Behaviors.same();
                        }),
                        name,
                        Props.empty());
    }

    private void tell(Object message) {
        fleet.tell(message);
        kit.drain();
    }

    private long session() {
        return station.stream()
                .filter(WireMessage.Open.class::isInstance)
                .mapToLong(open -> ((WireMessage.Open) open).session())
                .reduce(0, (before, last) -> last);
    }

    private void event(FleetEvent event) {
        tell(new WireMessage.ToFleet(session(), ++sent, event));
    }

    /** The station opens the session that it was asked for last, and wants so many jobs. */
    private void open(long jobs) {
        sent = 0;
        sentFrames = 0;
        frames.clear();
        tell(new WireMessage.Opened(session(), inlet, ENCODING, WireMessage.Limits.UNKNOWN));
        event(new FleetEvent.Demand(jobs, 1_000_000, 2));
    }

    private void grant(int first, int count) {
        Object[] jobs = IntStream.range(first, first + count)
                .mapToObj(Integer::toString)
                .toArray();
        tell(new Router.Grant<>(new Slice<>(batch, first, jobs, 0, count, 1), 0, 1));
    }

    private void report(byte[]... blocks) {
        ByteWriter report = new ByteWriter(64);
        report.putNumber(blocks.length);
        Arrays.stream(blocks).forEach(report::putBlock);
        tell(new WireMessage.Frame(session(), ++sentFrames, true, report.toBytes()));
    }

    private static byte[] results(int first, int count) {
        return OutcomesBlock.write(
                5,
                1,
                first,
                Outcomes.copyOf(IntStream.range(first, first + count)
                        .<Outcome<byte[]>>mapToObj(
                                i -> new Outcome.Succeeded<>(("r" + i).getBytes(StandardCharsets.UTF_8), 1))
                        .toList()));
    }

    /** The jobs that the station has got in this session. */
    private List<String> jobs() {
        List<String> all = new ArrayList<>();
        for (WireMessage.Frame frame : frames) {
            for (EncodedJob job : JobsBlock.read(frame.bytes(), ORIGIN, 0).jobs()) {
                all.add(new String(job.bytes(), StandardCharsets.UTF_8));
            }
        }
        return all;
    }

    private List<String> ended() {
        List<String> all = new ArrayList<>();
        for (Collector.Command<String> told : collector) {
            if (told instanceof Collector.Ended<String> ended) {
                ended.outcomes().forEach(outcome -> all.add(((Outcome.Succeeded<String>) outcome).value()));
            }
        }
        return all;
    }

    private void loseTheSession() {
        kit.advance(Duration.ofSeconds(7));
    }

    @Test
    void jobsGoToTheStationAndTheirOutcomesToTheCollectorOnce() {
        open(10);
        grant(0, 3);
        assertThat(jobs()).containsExactly("0", "1", "2");
        report(results(0, 2));
        report(results(1, 2));
        assertThat(ended()).containsExactly("r0", "r1", "r2");
    }

    @Test
    void theListOfNodesShowsNothingOutSoonAfterTheLastOutcome() {
        open(10);
        grant(0, 3);
        kit.advance(Duration.ofMillis(20));
        assertThat(nodes)
                .singleElement()
                .satisfies(node -> assertThat(node.out()).isEqualTo(3));
        report(results(0, 1));
        report(results(1, 2));
        kit.advance(Duration.ofMillis(20));
        assertThat(nodes)
                .singleElement()
                .satisfies(node -> assertThat(node.out()).isZero());
    }

    @Test
    void whatALostNodeHadGoesToTheNext() {
        open(10);
        grant(0, 3);
        report(results(0, 1));
        long lost = session();
        loseTheSession();
        open(10);
        assertThat(jobs()).containsExactly("1", "2");
        tell(new WireMessage.Frame(lost, 2, true, new byte[] {0}));
        report(results(1, 2));
        assertThat(ended()).containsExactly("r0", "r1", "r2");
    }

    @Test
    void aJobThatWasNotSentYetIsNotLostWithItsNode() {
        close();
        station.clear();
        start(settings -> settings.withDelivery(Delivery.AT_MOST_ONCE)
                .withFrameBytes(4_096)
                .withWindowBytes(65_536));
        int all = 50_000;
        open(all);
        grant(0, all);
        int out = jobs().size();
        assertThat(out).as("as many as the window lets through").isBetween(1, all - 1);
        loseTheSession();
        open(all);
        assertThat(collector).as("those that may have begun").hasSize(out);
        assertThat(jobs().get(0)).isEqualTo(Integer.toString(out));
    }

    @Test
    void aJobThatWasCancelledDoesNotRunAgainWhenItsNodeIsLost() {
        open(10);
        grant(0, 3);
        tell(new Router.CancelJob<>(5, 1));
        loseTheSession();
        open(10);
        assertThat(jobs()).containsExactlyInAnyOrder("0", "2");
        assertThat(collector).singleElement().isInstanceOfSatisfying(Collector.Settle.class, settle -> {
            assertThat(settle.first()).isEqualTo(1);
            assertThat(settle.outcome()).isEqualTo(new Outcome.Cancelled<>(1));
        });
    }

    @Test
    void aDamagedReportEndsTheSessionAndLosesNoJob() {
        open(10);
        grant(0, 4);
        report(results(0, 2), new byte[] {5, 1, 2, 1, 9});
        assertThat(ended()).isEmpty();
        loseTheSession();
        open(10);
        assertThat(jobs()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void aJobThatLosesTheNodesWhichRunItFails() {
        for (int loss = 1; loss <= 3; loss++) {
            open(10);
            if (loss == 1) {
                grant(0, 2);
            }
            event(new FleetEvent.Renew(1, 0, new Load(2, 1, 0), Integer.MAX_VALUE, 2, List.of(new JobAt(5, 1))));
            loseTheSession();
        }
        open(10);
        assertThat(jobs()).containsExactly("0");
        assertThat(collector).singleElement().isInstanceOfSatisfying(Collector.Settle.class, settle -> {
            assertThat(settle.first()).isEqualTo(1);
            assertThat(settle.outcome().toString())
                    .contains("NodeLostException")
                    .contains("3 times");
        });
    }

    @Test
    void aStopReachesTheStationAndWhatComesBackLater() {
        open(10);
        grant(0, 3);
        tell(new Router.StopBatch<>(5, StopReason.CANCELLED, true, 0));
        assertThat(station)
                .anySatisfy(message -> assertThat(message)
                        .isInstanceOfSatisfying(
                                WireMessage.ToStation.class,
                                to -> assertThat(to.command()).isEqualTo(new StationCommand.Stop(5, -1, true))));
        loseTheSession();
        open(10);
        assertThat(jobs()).isEmpty();
        assertThat(collector).containsExactly(new Collector.Settle<>(0, 3, new Outcome.Cancelled<>(1)));
    }

    @Test
    void whatANodeGivesBackUnaskedIsGrantedAnewAndNotHeldForTheNext() {
        open(3);
        grant(0, 3);
        event(new FleetEvent.Returned(5, 1, 1, 2, 1));
        assertThat(dispatcher)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                Router.Returned.class,
                                returned -> assertThat(returned.slice().size()).isEqualTo(2)));
        event(new FleetEvent.Demand(3, 1_000_000, 2));
        assertThat(jobs()).containsExactly("0", "1", "2");
        grant(1, 2);
        assertThat(jobs()).containsExactly("0", "1", "2", "1", "2");
    }

    private long asked() {
        return station.stream().filter(WireMessage.Open.class::isInstance).count();
    }

    @Test
    void whatComesBackToAStoppedBatchHasNotBegun() {
        open(3);
        grant(0, 3);
        tell(new Router.StopBatch<>(5, StopReason.CANCELLED, false, 0));
        event(new FleetEvent.Returned(5, 1, 1, 2, 1));
        assertThat(collector).containsExactly(new Collector.Settle<>(1, 2, new Outcome.Cancelled<>(0)));
        assertThat(dispatcher).contains(new Router.Unused(2));
    }

    @Test
    void aNodeHearsAtOnceThatFewerJobsMayRun() {
        open(3);
        event(new FleetEvent.Renew(1, 0, new Load(2, 0, 0), Integer.MAX_VALUE, 0, List.of()));
        tell(new Router.Resize<>(1));
        assertThat(station)
                .last()
                .isInstanceOfSatisfying(
                        WireMessage.ToStation.class,
                        to -> assertThat(to.command()).isEqualTo(new StationCommand.Renewed(1, 0, 1)));
    }

    /** Which is asked on another thread: what the station says meanwhile would be missed. */
    @Test
    void aStationWhoseResultsTheCodecHasToBeAskedForIsOpenedAnew() {
        Encoding before = new Encoding(TEXTS.name(), 0);
        tell(new WireMessage.Opened(session(), inlet, before, WireMessage.Limits.UNKNOWN));
        assertThat(asked()).isEqualTo(2);
        tell(new WireMessage.Opened(session(), inlet, before, WireMessage.Limits.UNKNOWN));
        event(new FleetEvent.Demand(3, 1_000_000, 2));
        grant(0, 3);
        assertThat(jobs()).containsExactly("0", "1", "2");
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void aStationThatDoesNotAnswerIsAskedAgainSoonAndThenLessOften() {
        assertThat(asked()).isEqualTo(1);
        kit.advance(Duration.ofMillis(260));
        assertThat(asked()).isEqualTo(2);
        kit.advance(Duration.ofMillis(510));
        assertThat(asked()).isEqualTo(3);
        kit.advance(Duration.ofSeconds(10));
        assertThat(asked()).isBetween(11L, 13L);
        open(10);
        grant(0, 3);
        assertThat(jobs()).containsExactly("0", "1", "2");
    }
}
