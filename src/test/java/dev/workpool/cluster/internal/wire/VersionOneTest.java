package dev.workpool.cluster.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.FleetEvent.Load;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.JobPolicy.Deadline;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Nodes of version 1 and later ones work together while a cluster is updated. So the bytes of version 1 are kept in {@code
 * version-1.properties}: what this code reads of them does not change, and as long as it writes that version, what it
 * writes does not either.
 */
class VersionOneTest extends PoolTest {
    private static final EncodedJob.Origin ORIGIN = new EncodedJob.Origin() {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public boolean mayBegin() {
            return true;
        }
    };

    private static Map<String, byte[]> kept() throws IOException {
        Properties lines = new Properties();
        try (InputStream in = VersionOneTest.class.getResourceAsStream("version-1.properties")) {
            lines.load(in);
        }
        return lines.stringPropertyNames().stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> HexFormat.of().parseHex(lines.getProperty(name).strip())));
    }

    private WireSerializer serializer() {
        return new WireSerializer((ExtendedActorSystem) Adapter.toClassic(system));
    }

    private ActorRef<WireMessage> ref(String actor) {
        return ActorRefResolver.get(system).resolveActorRef("akka://VersionOneTest/system/" + actor);
    }

    /** A message of every kind, by the name of its kind. */
    private Map<String, WireMessage> messages() {
        Map<String, WireMessage> all = new LinkedHashMap<>();
        List<StationCommand> commands = List.of(
                new StationCommand.Stop(12, 3_000_000_000L, true),
                new StationCommand.CancelJob(12, 1_000, 9),
                new StationCommand.Recall(500, true),
                new StationCommand.GraceIsOver(),
                new StationCommand.Acknowledged(300),
                new StationCommand.Renewed(77, 400, Integer.MAX_VALUE),
                new StationCommand.Close());
        List<FleetEvent> events = List.of(
                new FleetEvent.Demand(100_000, 250, 8),
                new FleetEvent.Returned(12, 2, 1_000, 24, 99_976),
                new FleetEvent.Recalled(),
                new FleetEvent.Renew(
                        77,
                        400,
                        new Load(8, 7, 1),
                        Integer.MAX_VALUE,
                        9,
                        List.of(new JobAt(12, 999), new JobAt(13, 0))),
                new FleetEvent.Acknowledged(300),
                new FleetEvent.SlowDown(1_000_000_000L),
                new FleetEvent.Leaving(),
                new FleetEvent.Ended("the node has left", true));
        List<WireMessage> others = List.of(
                new WireMessage.Open(
                        1,
                        1,
                        0x7123_4567_89AB_CDEFL,
                        "orders",
                        ref("pool-orders#17"),
                        ref("pool-orders/workpool-frames#-18"),
                        new Encoding("strings", 1),
                        new Encoding("longs", 2),
                        5_000_000_000L,
                        250_000_000L,
                        Integer.MAX_VALUE,
                        WireMessage.Limits.UNKNOWN),
                new WireMessage.Opened(
                        0x7123_4567_89AB_CDEFL,
                        ref("workers/workpool-frames#19"),
                        new Encoding("longs", 2),
                        WireMessage.Limits.UNKNOWN),
                new WireMessage.Refused(0x7123_4567_89AB_CDEFL, "the node is leaving – für immer"),
                new WireMessage.Frame(0x7123_4567_89AB_CDEFL, 300, true, new byte[] {0, -1, 127, -128}));
        commands.forEach(command -> all.put("command." + name(command), new WireMessage.ToStation(5, 130, command)));
        events.forEach(event -> all.put("event." + name(event), new WireMessage.ToFleet(5, 131, event)));
        others.forEach(message -> all.put(name(message), message));
        return all;
    }

    private static String name(Object content) {
        return content.getClass().getSimpleName();
    }

    private static final JobPolicy POLICY = new JobPolicy(
            Optional.of(Duration.ofSeconds(3)),
            RetryPolicy.attempts(4).withTimeouts(true),
            Optional.of(new Deadline(Duration.ofSeconds(60), 61_000)),
            true,
            true,
            2,
            -5,
            300);

    private static final Label LABEL = new Label(BatchInfo.Kind.STREAM, 44, "night run");

    private static JobsBlock.Writer jobs() {
        JobsBlock.Writer writer = new JobsBlock.Writer();
        for (String job : List.of("a", "", "job 3")) {
            writer.add(bytes(job));
        }
        return writer;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Throwable error() {
        IllegalStateException error = new IllegalStateException("broken", new IOException());
        error.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.example.Orders", "send", "Orders.java", 42),
            new StackTraceElement("java.lang.Thread", "sleep", null, -2)
        });
        error.getCause().setStackTrace(new StackTraceElement[0]);
        return error;
    }

    private static Outcomes<byte[]> results() {
        return Outcomes.copyOf(List.of(new Outcome.Succeeded<>(bytes("A"), 1), new Outcome.Succeeded<>(null, 1)));
    }

    private static List<Outcome<byte[]>> mixed() {
        return List.of(
                new Outcome.Succeeded<>(bytes("B"), 2),
                new Outcome.Failed<>(error(), 300),
                new Outcome.TimedOut<>(Duration.ofMillis(3), 1),
                new Outcome.Cancelled<>(0),
                new Outcome.Succeeded<>(null, 1));
    }

    /** What is kept, as this code writes it. */
    private Map<String, byte[]> written() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        messages().forEach((name, message) -> all.put(name, serializer().toBinary(message)));
        all.put("jobs", jobs().toBytes(9, 1_300, 12, 2, 1_000, POLICY, LABEL, 1_000));
        all.put("jobs.single", jobs().toBytes(1, 1, 1, 1, 0, JobPolicy.NONE, null, 0));
        all.put("outcomes.results", OutcomesBlock.write(12, 1, 1_000, results()));
        all.put("outcomes.mixed", OutcomesBlock.write(12, 2, 1_000, Outcomes.copyOf(mixed())));
        all.put("outcomes.alike", OutcomesBlock.writeAlike(12, 2, 1_000, 1_000_000, new Outcome.Cancelled<>(1)));
        all.put("error", ErrorBytes.write(error()));
        return all;
    }

    @Test
    void bytesAreKeptOfEveryKind() throws IOException {
        assertThat(new AnyMessages(new Random(1), List.of(ref("any")))
                        .ofEveryKind().stream().map(VersionOneTest::nameOf).toList())
                .containsExactlyInAnyOrderElementsOf(messages().keySet());
        assertThat(kept().keySet())
                .containsExactlyInAnyOrderElementsOf(written().keySet());
    }

    private static String nameOf(WireMessage message) {
        if (message instanceof WireMessage.ToStation to) {
            return "command." + name(to.command());
        }
        return message instanceof WireMessage.ToFleet to ? "event." + name(to.event()) : name(message);
    }

    @Test
    void messagesOfVersionOneAreRead() throws IOException {
        Map<String, byte[]> kept = kept();
        messages().forEach((name, message) -> {
            Object read = serializer().fromBinary(kept.get(name), serializer().manifest(message));
            if (message instanceof WireMessage.Frame frame) {
                assertThat(((WireMessage.Frame) read).bytes()).isEqualTo(frame.bytes());
            } else {
                assertThat(read).isEqualTo(message);
            }
        });
    }

    @Test
    void jobsOfVersionOneAreRead() throws IOException {
        JobsBlock block = JobsBlock.read(kept().get("jobs"), ORIGIN, 500_000);
        assertThat(List.of(block.grant(), block.weights(), block.batchId(), block.first()))
                .isEqualTo(List.of(9L, 1_300L, 12L, 1_000L));
        assertThat(block.attempt()).isEqualTo(2);
        assertThat(block.label()).isEqualTo(LABEL);
        assertThat(block.policy().timeout()).isEqualTo(POLICY.timeout());
        assertThat(block.policy().deadline()).contains(new Deadline(Duration.ofSeconds(60), 560_000));
        assertThat(block.policy().retry().maxAttempts()).isEqualTo(4);
        assertThat(block.policy().retry().timeouts()).isTrue();
        assertThat(List.of(
                        block.policy().permits(),
                        block.policy().priority(),
                        block.policy().weight()))
                .isEqualTo(List.of(2, -5, 300));
        assertThat(block.policy().keyed() && block.policy().atRest()).isTrue();
        assertThat(Arrays.stream(block.jobs()).map(job -> new String(job.bytes(), StandardCharsets.UTF_8)))
                .containsExactly("a", "", "job 3");
        JobsBlock single = JobsBlock.read(kept().get("jobs.single"), ORIGIN, 500_000);
        assertThat(single.label()).isNull();
        assertThat(single.policy()).isEqualTo(JobPolicy.NONE);
    }

    @Test
    void outcomesOfVersionOneAreRead() throws IOException {
        OutcomesBlock.Decoding decoding = new OutcomesBlock.Decoding() {
            @Override
            public Object result(byte[] bytes) {
                return new String(bytes, StandardCharsets.UTF_8);
            }

            @Override
            public Throwable error(byte[] bytes) {
                return ErrorBytes.read(bytes, "one");
            }
        };
        OutcomesBlock.Reader results = new OutcomesBlock.Reader(kept().get("outcomes.results"));
        Object[] elements = results.outcomes(decoding);
        assertThat(new Outcomes<>(elements, elements.length, false))
                .containsExactly(new Outcome.Succeeded<>("A", 1), new Outcome.Succeeded<>(null, 1));
        OutcomesBlock.Reader mixed = new OutcomesBlock.Reader(kept().get("outcomes.mixed"));
        Object[] each = mixed.outcomes(decoding);
        Outcomes<Object> outcomes = new Outcomes<>(each, each.length, false);
        assertThat(outcomes.get(0)).isEqualTo(new Outcome.Succeeded<>("B", 2));
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.attempts()).isEqualTo(300);
            assertThat(failed.error())
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("broken");
        });
        assertThat(outcomes.subList(2, 5))
                .containsExactly(
                        new Outcome.TimedOut<>(Duration.ofMillis(3), 1),
                        new Outcome.Cancelled<>(0),
                        new Outcome.Succeeded<>(null, 1));
        OutcomesBlock.Reader alike = new OutcomesBlock.Reader(kept().get("outcomes.alike"));
        assertThat(List.of(alike.batchId(), alike.first(), alike.count())).isEqualTo(List.of(12L, 1_000L, 1_000_000L));
        assertThat(alike.isUnstarted()).isTrue();
        assertThat(alike.<Object>outcome(decoding)).isEqualTo(new Outcome.Cancelled<>(1));
    }

    @Test
    void errorsOfVersionOneAreRead() throws IOException {
        Throwable error = ErrorBytes.read(kept().get("error"), "one");
        assertThat(error)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("broken")
                .cause()
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(null);
        assertThat(Arrays.copyOf(error.getStackTrace(), 2)).isEqualTo(error().getStackTrace());
    }

    @Test
    void versionOneIsWrittenAsItWas() throws IOException {
        assertThat(WireMessage.VERSION).isEqualTo(1); // a later one has its own bytes to keep beside these
        Map<String, byte[]> kept = kept();
        written()
                .forEach((name, bytes) -> assertThat(HexFormat.of().formatHex(bytes))
                        .as(name)
                        .isEqualTo(HexFormat.of().formatHex(kept.get(name))));
    }
}
