package dev.workpool.bench;

import dev.workpool.bench.Workload.Scale;
import dev.workpool.bench.peer.Work;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pools beside the field: whatever else runs jobs N at a time on a JVM, under several workloads. Writes {@code target/benchmarks}: figures as JSON,
 * tables and charts.
 *
 * <p>{@code mvn -q test-compile exec:exec@bench}, with {@code -Drounds=9} for more rounds, {@code -Dvariants=batch,submit} for some workloads,
 * {@code -Dvariants=quick} for one round of less, {@code -Dbench.jvm=/path/to/java} for another JVM.
 */
public final class Field {
    private static final Path DIRECTORY = Path.of("target", "benchmarks");

    /** No workload takes that long over a round, unless a contender hangs. */
    private static final long LONGEST_MIN = 10;

    private final int rounds;
    private final Scale scale;
    private final Set<Workload> workloads;
    private final String variants;

    private Field(int rounds, String variants) {
        Set<String> names = Arrays.stream(variants.split(",", -1)).collect(Collectors.toSet());
        this.variants = variants;
        this.scale = names.remove("quick") ? Scale.QUICK : Scale.FULL;
        this.rounds = scale.full() ? rounds : 1;
        names.remove("all");
        Set<Workload> chosen = names.stream()
                .map(Workload::named)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Workload.class)));
        this.workloads = chosen.isEmpty() ? EnumSet.allOf(Workload.class) : chosen;
    }

    /**
     * Measures.
     *
     * @param args number of rounds; workloads, separated by commas, or "all", and "quick"
     */
    public static void main(String[] args) throws Exception {
        new Field(rounds(args.length > 0 ? args[0] : "5"), args.length > 1 ? args[1] : "all").run();
    }

    static int rounds(String text) {
        if (!text.matches("[1-9]\\d{0,2}")) {
            throw new IllegalArgumentException("rounds = " + text + "; allowed: 1 to 999");
        }
        return Integer.parseInt(text);
    }

    private void run() throws Exception {
        Files.createDirectories(DIRECTORY);
        String tokens = "-D" + Work.TOKENS_PER_MICRO + "=" + Work.calibrate();
        List<Figure> figures = new ArrayList<>();
        for (Workload workload : workloads) {
            figures.addAll(measure(workload, tokens));
        }
        Report report = report(figures);
        report.write(DIRECTORY.resolve("report.json"));
        System.out.println(Render.into(report, DIRECTORY));
    }

    private List<Figure> measure(Workload workload, String tokens) throws IOException, InterruptedException {
        Path file = Files.createTempFile("bench-" + workload.label(), ".json");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(argument -> !argument.startsWith("-Xm"))
                    .forEach(command::add);
            command.addAll(List.of("-Xms" + workload.heap(), "-Xmx" + workload.heap(), tokens));
            command.addAll(List.of("-classpath", System.getProperty("java.class.path"), Rounds.class.getName()));
            command.addAll(List.of(workload.label(), scale.name(), Integer.toString(rounds), file.toString()));
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(LONGEST_MIN * rounds, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("workload " + workload.label() + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        "workload " + workload.label() + " failed with status " + process.exitValue());
            }
            return Report.readFigures(file);
        } finally {
            Files.delete(file);
        }
    }

    private Report report(List<Figure> figures) throws IOException {
        return new Report(
                LocalDate.now(ZoneOffset.UTC).toString(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                cpu(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                names(workloads.stream()
                        .map(workload -> workload.label() + " " + workload.heap())
                        .toList()),
                names(ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(java.lang.management.MemoryManagerMXBean::getName)
                        .toList()),
                "mvn -q test-compile exec:exec@bench -Drounds=" + rounds + " -Dvariants=" + variants,
                rounds,
                figures);
    }

    private static String names(Collection<String> names) {
        return String.join(", ", names);
    }

    private static String cpu() throws IOException {
        Path known = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(known)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(known)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }
}
