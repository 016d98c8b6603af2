package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.wire.ErrorBytes;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.JobsBlock;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.cluster.internal.wire.WireMessage.Limits;
import dev.workpool.codec.JobCodec;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.worker.Handler;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.testkit.WorkerPoolTestKit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A station beside a fleet that is played by the test, in virtual time. */
class StationTest {
    private static final JobCodec<String> TEXTS = JobCodec.strings();
    private static final Encoding ENCODING = new Encoding(TEXTS.name(), TEXTS.version());
    private static final long LEASE_NS = Duration.ofSeconds(1).toNanos();
    private static final long RENEWAL_NS = Duration.ofMillis(250).toNanos();

    private final WorkerPoolTestKit kit = WorkerPoolTestKit.create();
    private final List<WireMessage> told = new ArrayList<>();
    private final List<WireMessage.Frame> frames = new ArrayList<>();
    private final List<String> begun = new ArrayList<>();
    private final ActorRef<WireMessage> fleet = recorder("fleet", told::add);
    private final ActorRef<WireMessage> inlet = recorder("inlet", message -> frames.add((WireMessage.Frame) message));
    private Intake intake = Intake.ofProcess();
    private ActorRef<Object> station;
    private long session = 1;
    private long sent;
    private long sentFrames;
    private long grants;

    @AfterEach
    void close() {
        kit.close();
    }

    private ActorRef<WireMessage> recorder(String name, Consumer<WireMessage> list) {
        return kit.system()
                .systemActorOf(
                        Behaviors.receiveMessage(message -> {
                            list.accept(message);
                            return Behaviors.same();
                        }),
                        name,
                        Props.empty());
    }

    private void start(int workers, Function<String, CompletionStage<String>> handler) {
        WorkerPoolSettings settings = kit.settings("pool").withWorkers(workers);
        StationWorkers parts = new StationWorkers(
                kit.system(),
                settings,
                new Handler.Async<>(new EncodedHandlers<>("pool", TEXTS, TEXTS, 1_000, intake).async((job, context) -> {
                    begun.add(job);
                    return handler.apply(job);
                })));
        station = parts.start(Station.create(parts.parts(
                ClusterSettings.create(kit.system(), "pool"),
                SteadyCodec.of(TEXTS, "jobs"),
                SteadyCodec.of(TEXTS, "results"),
                intake)));
        open(Integer.MAX_VALUE);
    }

    private void open(int limit) {
        station.tell(new WireMessage.Open(
                1, 1, session, "pool", fleet, inlet, ENCODING, ENCODING, LEASE_NS, RENEWAL_NS, limit, Limits.UNKNOWN));
        kit.drain();
    }

    private CompletionStage<String> after(Duration time, String result) {
        CompletableFuture<String> stage = new CompletableFuture<>();
        kit.system()
                .scheduler()
                .scheduleOnce(time, () -> stage.complete(result), kit.system().executionContext());
        return stage;
    }

    private void tell(StationCommand command) {
        station.tell(new WireMessage.ToStation(session, ++sent, command));
        kit.drain();
    }

    private void grant(long batchId, int first, int count) {
        grant(
                batchId,
                first,
                IntStream.range(first, first + count)
                        .mapToObj(Integer::toString)
                        .toArray(String[]::new));
    }

    /** In frames of this size. */
    private static final int FRAME = 1_000;

    private void grant(long batchId, int first, String... jobs) {
        JobsBlock.Writer writer = new JobsBlock.Writer();
        for (String job : jobs) {
            writer.add(job.getBytes(StandardCharsets.UTF_8));
        }
        byte[] block = writer.toBytes(++grants, 1, batchId, 1, first, JobPolicy.NONE, null, 0);
        for (int from = 0; from < block.length; from += FRAME) {
            int to = Math.min(block.length, from + FRAME);
            station.tell(new WireMessage.Frame(
                    session, ++sentFrames, to == block.length, Arrays.copyOfRange(block, from, to)));
        }
        kit.drain();
    }

    /** Answers every renewal, as often as a lease needs, for some time. */
    private void live(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= RENEWAL_NS) {
            kit.advance(Duration.ofNanos(Math.min(left, RENEWAL_NS)));
            renew();
        }
    }

    private void renew() {
        long renewal = events(FleetEvent.Renew.class).stream()
                .mapToLong(FleetEvent.Renew::renewal)
                .max()
                .orElse(0);
        tell(new StationCommand.Renewed(renewal, sentFrames, Integer.MAX_VALUE));
    }

    private <E> List<E> events(Class<E> kind) {
        return told.stream()
                .filter(WireMessage.ToFleet.class::isInstance)
                .map(message -> ((WireMessage.ToFleet) message).event())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** What was reported, by index: each once. */
    private Map<Long, String> outcomes() {
        Map<Long, String> all = new TreeMap<>();
        for (WireMessage.Frame frame : frames) {
            assertThat(frame.last()).isTrue();
            ByteReader in = new ByteReader(frame.bytes());
            for (int left = in.getSize(); left > 0; left--) {
                OutcomesBlock.Reader block = new OutcomesBlock.Reader(in.getBlock());
                for (long index = block.first(); index < block.first() + block.count(); index++) {
                    assertThat(all.put(index, block.isAlike() ? "alike" : "each"))
                            .as("job %d", index)
                            .isNull();
                }
            }
        }
        return all;
    }

    @Test
    void jobsRunAndEachIsReportedOnce() {
        start(2, CompletableFuture::completedFuture);
        grant(7, 0, 50);
        live(Duration.ofSeconds(2));
        assertThat(begun).hasSize(50);
        assertThat(outcomes()).hasSize(50);
    }

    @Test
    void nothingIsReportedOnceTheLeaseIsOver() {
        start(1, job -> after(Duration.ofMillis(1_100), "late"));
        grant(7, 0, 5);
        kit.advance(Duration.ofSeconds(5));
        assertThat(begun).containsExactly("0");
        assertThat(outcomes()).isEmpty();
        assertThat(events(FleetEvent.Ended.class))
                .singleElement()
                .satisfies(ended -> assertThat(ended.reason()).contains("lease"));
    }

    /** The submitter counts from when it heard of it, which may have been long before its answer comes. */
    @Test
    void aLeaseCountsFromWhenItsRenewalWasSent() {
        start(1, job -> after(Duration.ofNanos(LEASE_NS * 3 / 2), "late"));
        grant(7, 0, 5);
        kit.advance(Duration.ofNanos(RENEWAL_NS)); // the first is sent
        long sentNs = RENEWAL_NS;
        kit.advance(Duration.ofNanos(LEASE_NS - RENEWAL_NS - 1_000_000));
        tell(new StationCommand.Renewed(1, sentFrames, Integer.MAX_VALUE));
        kit.advance(Duration.ofNanos(sentNs));
        assertThat(events(FleetEvent.Ended.class)).as("still within that lease").isEmpty();
        kit.advance(Duration.ofNanos(RENEWAL_NS + 1_000_000));
        assertThat(events(FleetEvent.Ended.class))
                .singleElement()
                .satisfies(ended -> assertThat(ended.reason()).contains("lease"));
    }

    @Test
    void aLostMessageEndsTheSession() {
        start(1, job -> new CompletableFuture<>());
        grant(7, 0, 5);
        sent++;
        tell(new StationCommand.GraceIsOver());
        assertThat(events(FleetEvent.Ended.class))
                .singleElement()
                .satisfies(ended -> assertThat(ended.reason()).contains("message 1 was lost"));
        kit.advance(Duration.ofSeconds(5));
        assertThat(outcomes()).isEmpty();
    }

    @Test
    void aDamagedBlockEndsTheSessionAndNotTheStation() {
        start(1, CompletableFuture::completedFuture);
        station.tell(new WireMessage.Frame(session, 1, true, new byte[] {1, 1, 1, 0, 0, 0, 0}));
        kit.drain();
        assertThat(events(FleetEvent.Ended.class))
                .singleElement()
                .satisfies(ended -> assertThat(ended.reason()).contains("damaged"));
        session = 2;
        open(Integer.MAX_VALUE);
        grant(7, 0, 5);
        assertThat(begun).hasSize(5);
    }

    @Test
    void whatIsStoppedBeforeItArrivesDoesNotRun() {
        start(1, CompletableFuture::completedFuture);
        tell(new StationCommand.Stop(7, -1, true));
        tell(new StationCommand.CancelJob(8, 1, 2));
        grant(7, 0, 5);
        grant(8, 10, 3);
        tell(new StationCommand.CancelJob(9, 21, 3));
        grant(9, 20, 3);
        live(Duration.ofSeconds(1));
        assertThat(begun).containsExactly("10", "11", "12", "20", "22");
        assertThat(outcomes())
                .containsEntry(0L, "alike")
                .containsEntry(21L, "alike")
                .hasSize(11);
    }

    @Test
    void noMoreJobsOfASessionRunThanItsLimit() {
        start(4, job -> after(Duration.ofMillis(100), job));
        session = 2;
        open(2);
        sent = 0;
        grant(7, 0, 10);
        assertThat(begun).hasSize(2);
        kit.advance(Duration.ofMillis(100));
        assertThat(begun).hasSize(4);
        assertThat(events(FleetEvent.Returned.class).stream()
                        .mapToLong(FleetEvent.Returned::count)
                        .sum())
                .as("those that would have waited here for long")
                .isEqualTo(6);
        tell(new StationCommand.Renewed(1, sentFrames, 3));
        grant(7, 4, 6);
        assertThat(begun).hasSize(5);
        tell(new StationCommand.Renewed(1, sentFrames, 0));
        kit.advance(Duration.ofMillis(200));
        assertThat(begun).hasSize(5);
    }

    @Test
    void aFleetThatIsFarAwayIsAskedForMore() {
        start(1, job -> after(Duration.ofMillis(10), job));
        grant(7, 0, 4);
        live(Duration.ofSeconds(1)); // the answers come at once, so it is near
        long near = events(FleetEvent.Demand.class).stream()
                .mapToLong(FleetEvent.Demand::upTo)
                .max()
                .orElseThrow();
        for (int i = 0; i < 12; i++) { // each answers what was asked for two renewals ago
            kit.advance(Duration.ofNanos(RENEWAL_NS));
            long renewal = events(FleetEvent.Renew.class)
                    .get(events(FleetEvent.Renew.class).size() - 1)
                    .renewal();
            tell(new StationCommand.Renewed(renewal - 2, sentFrames, Integer.MAX_VALUE));
        }
        assertThat(events(FleetEvent.Demand.class).stream()
                        .mapToLong(FleetEvent.Demand::upTo)
                        .max()
                        .orElseThrow())
                .isGreaterThanOrEqualTo(near + 100);
    }

    private long returned() {
        return events(FleetEvent.Returned.class).stream()
                .mapToLong(FleetEvent.Returned::count)
                .sum();
    }

    private String failure(long index) {
        for (WireMessage.Frame frame : frames) {
            ByteReader in = new ByteReader(frame.bytes());
            for (int left = in.getSize(); left > 0; left--) {
                OutcomesBlock.Reader block = new OutcomesBlock.Reader(in.getBlock());
                if (block.first() == index && block.isAlike()) {
                    return block.outcome(new OutcomesBlock.Decoding() {
                                @Override
                                public Object result(byte[] bytes) {
                                    return bytes;
                                }

                                @Override
                                public Throwable error(byte[] bytes) {
                                    return ErrorBytes.read(bytes, "here");
                                }
                            })
                            .toString();
                }
            }
        }
        return "none";
    }

    /** Which a fleet of an older version sends: others know how large it may be. */
    @Test
    void aJobThatIsTooLargeFailsBeforeAllOfItHasComeAndTheOthersGoBack() {
        intake = new Intake(2_000, 10_000, 1 << 20);
        start(1, CompletableFuture::completedFuture);
        grant(7, 0, "a", "b", "x".repeat(2_001), "c");
        assertThat(begun).isEmpty();
        assertThat(failure(2))
                .contains("job 2 has 2001 bytes")
                .contains("max-job-bytes")
                .contains("up to 2000");
        assertThat(returned()).isEqualTo(3);
        grant(7, 0, "a", "b");
        grant(7, 3, "x".repeat(2_000));
        assertThat(begun).hasSize(3);
        assertThat(events(FleetEvent.Ended.class)).isEmpty();
    }

    @Test
    void jobsForWhichTheHeapHasNoRoomGoBackUntilOthersHaveEnded() {
        intake = new Intake(2_000, 5_000, 1 << 20);
        CompletableFuture<String> first = new CompletableFuture<>();
        start(1, job -> first);
        for (int i = 0; i < 4; i++) {
            grant(7, i, "x".repeat(1_900));
        }
        assertThat(returned()).as("jobs that went back").isEqualTo(2);
        grant(8, 0, "y".repeat(900));
        grant(8, 1, "y".repeat(900));
        assertThat(returned()).as("jobs that went back").isEqualTo(3);
        int told = events(FleetEvent.Demand.class).size();
        first.complete("done");
        live(Duration.ofSeconds(1));
        assertThat(begun).hasSize(3);
        assertThat(intake.room()).as("once all have ended").isEqualTo(5_000);
        assertThat(events(FleetEvent.Demand.class)).as("asks again").hasSizeGreaterThan(told);
    }

    @Test
    void whatASessionHadIsFreeOnceItIsOver() {
        intake = new Intake(2_000, 5_000, 1 << 20);
        start(1, job -> new CompletableFuture<>());
        grant(7, 0, "x".repeat(1_900), "x".repeat(900));
        JobsBlock.Writer writer = new JobsBlock.Writer();
        writer.add(new byte[1_500]);
        byte[] part = Arrays.copyOf(writer.toBytes(9, 1, 9, 1, 0, JobPolicy.NONE, null, 0), FRAME);
        station.tell(new WireMessage.Frame(session, ++sentFrames, false, part));
        kit.drain();
        assertThat(intake.room()).isLessThan(1_000);
        kit.advance(Duration.ofSeconds(5));
        assertThat(events(FleetEvent.Ended.class)).hasSize(1);
        assertThat(intake.room()).isEqualTo(5_000);
    }

    @Test
    void jobsThatHaveNotBegunAreReturned() {
        start(1, job -> new CompletableFuture<>());
        grant(7, 0, 10);
        tell(new StationCommand.Recall(4, false));
        assertThat(events(FleetEvent.Returned.class).stream()
                        .mapToLong(FleetEvent.Returned::count)
                        .sum())
                .isEqualTo(4);
        assertThat(events(FleetEvent.Returned.class)).allMatch(returned -> returned.first() >= 6);
        tell(new StationCommand.Recall(Long.MAX_VALUE, true));
        assertThat(events(FleetEvent.Returned.class).stream()
                        .mapToLong(FleetEvent.Returned::count)
                        .sum())
                .isEqualTo(9);
        assertThat(events(FleetEvent.Recalled.class)).hasSize(2);
    }
}
