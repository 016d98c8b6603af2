package dev.workpool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.bench.Workload.Scale;
import dev.workpool.bench.peer.Durations;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What becomes of figures, and that what is to be measured exists. Nothing is measured here. */
class ReportTest {
    private static final Path STORED = Path.of("src/docs/benchmarks");

    @TempDir
    Path directory;

    private static Report report() {
        return new Report(
                "2026-11-25",
                "A JVM 17",
                "A processor",
                2,
                "Linux",
                "batch 3g",
                "G1",
                "mvn bench",
                3,
                List.of(
                        time("empty", "workpool", 10, 20, 30),
                        time("empty", "invokeAll", 100, 300, 150),
                        time("empty", "mapAsync", 5_000, 5_000, 5_000),
                        time("1 µs", "workpool", 500, 510, 520),
                        time("1 µs", "invokeAll", 1_000, 1_020, 1_040)));
    }

    private static Figure time(String setting, String contender, double... rounds) {
        List<Double> values = new ArrayList<>();
        for (double round : rounds) {
            values.add(round);
        }
        return Figure.of("batch", setting, contender, ListCases.TIME, "ns", values);
    }

    @Test
    void whatIsWrittenCanBeRead() throws IOException {
        Path file = directory.resolve("report.json");
        report().write(file);
        assertThat(Report.read(file)).isEqualTo(report());
        assertThat(Files.readAllLines(file).stream().filter(line -> line.contains("\"median\"")))
                .as("a figure on each line")
                .hasSize(report().figures().size());
    }

    @Test
    void figuresHaveMedianAndExtremesOfTheirRounds() {
        Figure figure = time("empty", "workpool", 30, 10.123456, 20);
        assertThat(figure.median()).isEqualTo(20);
        assertThat(figure.lowest()).isEqualTo(10.123);
        assertThat(figure.highest()).isEqualTo(30);
        assertThat(figure.rounds()).containsExactly(30.0, 10.123, 20.0);
    }

    @Test
    void tablesCompareWithinRounds() {
        assertThat(Tables.of(report())).isEqualTo("""
                2026-11-25, A JVM 17, A processor, 2 cores, Linux. Heap: batch 3g; G1. Medians of 3 rounds.

                `mvn bench`

                ## batch

                A list in, a list out: what a job costs its caller, with as many workers as cores.

                | time of a job, ns | empty | 1 µs |
                | --- | ---: | ---: |
                | workpool | 20.0 | 510 |
                | invokeAll | 150 | 1,020 |
                | mapAsync | 5,000 | – |

                | times as long as workpool, within a round | empty | 1 µs |
                | --- | ---: | ---: |
                | workpool | 1.00 | 1.00 |
                | invokeAll | 10.0 | 2.00 |
                | mapAsync | 250 | – |
                """);
    }

    @Test
    void nobodyIsComparedWithItself() {
        Report all = report();
        Report alone = new Report(
                all.date(),
                all.jvm(),
                all.cpu(),
                all.cores(),
                all.os(),
                all.heap(),
                all.gc(),
                all.command(),
                all.rounds(),
                all.figures().subList(0, 1));
        assertThat(Tables.of(alone)).doesNotContain("times as long");
    }

    @Test
    void chartsAreDrawn() throws Exception {
        Render.into(report(), directory);
        for (String chart : List.of("batch.png", "empty.png")) {
            BufferedImage image = ImageIO.read(directory.resolve(chart).toFile());
            assertThat(image.getWidth()).as(chart).isGreaterThan(image.getHeight());
        }
        assertThat(directory.resolve("report.md")).content().isEqualTo(Tables.of(report()));
    }

    @Test
    void aListScheduleGivesEachJobToTheWorkerThatIsFreeFirst() {
        // 0 to 3 and 0 to 1; 1 to 3 on the second; then either, 3 to 7; then the other, 3 to 4
        assertThat(Durations.listSchedule(new long[] {3, 1, 2, 4, 1}, 2)).isEqualTo(7);
        assertThat(Durations.listSchedule(new long[] {3, 1, 2, 4, 1}, 1)).isEqualTo(11);
        assertThat(Durations.listSchedule(new long[] {3, 1, 2, 4, 1}, 9)).isEqualTo(4);
    }

    @Test
    void unevenLoadsAreTheSameEachTime() {
        assertThat(Durations.of("pareto:1")).isEqualTo(Durations.of("pareto:1"));
        assertThat(Durations.of("pareto:1")).isNotEqualTo(Durations.of("pareto:2"));
        assertThat(Durations.of("one-slow:500")).contains(500_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "1000", ""})
    void aWrongNumberOfRoundsIsNamed(String text) {
        assertThatThrownBy(() -> dev.workpool.bench.Field.rounds(text))
                .hasMessage("rounds = " + text + "; allowed: 1 to 999");
    }

    @Test
    void anUnknownWorkloadIsNamed() {
        assertThatThrownBy(() -> Workload.named("btach"))
                .hasMessage(
                        "no workload \"btach\"; there are: all, quick, batch, uneven, submit, blocking, stream, cancel,"
                                + " memory, policies, growth");
    }

    @ParameterizedTest
    @EnumSource
    void everyCaseExists(Workload workload) throws Exception {
        for (Scale scale : Scale.values()) {
            List<Case> cases = workload.cases(scale);
            assertThat(cases).as("%s %s", scale, workload).isNotEmpty();
            assertThat(cases.stream()
                            .filter(each -> each.measurement() instanceof Timing)
                            .map(each -> each.setting() + each.contender() + ((Timing) each.measurement()).metric()))
                    .doesNotHaveDuplicates();
            for (Case each : cases) {
                if (each.measurement() instanceof Timing timing) {
                    exists(timing);
                }
            }
        }
    }

    private static void exists(Timing timing) throws Exception {
        assertThat(timing.benchmark().getMethod(timing.method()).isAnnotationPresent(Benchmark.class))
                .as("%s", timing)
                .isTrue();
        for (var param : timing.params().entrySet()) {
            Field field = timing.benchmark().getField(param.getKey());
            assertThat(field.isAnnotationPresent(Param.class)).as("%s", field).isTrue();
            if (field.getType().isEnum()) {
                assertThat(Stream.of(field.getType().getEnumConstants()).map(constant -> ((Enum<?>) constant).name()))
                        .contains(param.getValue());
            } else if (field.getType() != String.class) {
                assertThat(Long.parseLong(param.getValue())).isPositive();
            }
        }
    }

    @Test
    void storedTablesAreThoseOfTheirReports() throws IOException {
        try (Stream<Path> directories = Files.list(STORED)) {
            for (Path directory : directories.filter(Files::isDirectory).toList()) {
                Report report = Report.read(directory.resolve("report.json"));
                assertThat(directory.resolve("report.md")).content().isEqualTo(Tables.of(report));
            }
        }
    }

    @Test
    void theDocumentationShowsWhatIsStored() throws IOException {
        String tables = Tables.of(Report.read(STORED.resolve("jdk-17/report.json")));
        String batch = tables.substring(tables.indexOf("| time of a job, ns |"));
        assertThat(STORED.resolve("README.md")).content().contains(batch.substring(0, batch.indexOf("\n\n")));
    }
}
