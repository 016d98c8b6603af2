package dev.workpool.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link SubmitAllBenchmark} so that its contenders can be compared on a noisy machine: all in one process, in turn,
 * several rounds; prints the median of the rounds and its ratio. The first argument is the number of rounds.
 */
public final class Comparison {
    private static final List<String> CONTENDERS = List.of("workpool", "parallelStream", "invokeAll");

    private Comparison() {}

    /** What is compared. */
    private record Workload(String name, int jobs, double micros) {}

    public static void main(String[] args) throws RunnerException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        double tokensPerMicro = tokensPerMicro();
        System.out.printf(
                "JVM %s, %d cores, %d rounds%n%n| cost of a job | jobs | %s | workpool / parallelStream | allocated by workpool |%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), rounds, String.join(" | ", CONTENDERS));
        System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (Workload workload : List.of(
                new Workload("0", 1_000_000, 0),
                new Workload("1 µs", 200_000, 1),
                new Workload("20 µs", 20_000, 20),
                new Workload("200 µs", 2_000, 200))) {
            compare(workload, Math.round(workload.micros() * tokensPerMicro), rounds);
        }
    }

    private static void compare(Workload workload, long tokens, int rounds) throws RunnerException {
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Map<String, Double> inThisRound = new LinkedHashMap<>();
            for (String contender : CONTENDERS) {
                RunResult result = run(contender, workload.jobs(), tokens);
                double perJob = result.getPrimaryResult().getStatistics().getPercentile(50) / workload.jobs();
                nanos.computeIfAbsent(contender, name -> new ArrayList<>()).add(perJob);
                inThisRound.put(contender, perJob);
                if (contender.equals("workpool")) {
                    result.getSecondaryResults().forEach((name, value) -> {
                        if (name.endsWith("gc.alloc.rate.norm")) {
                            bytes.add(value.getStatistics().getPercentile(50) / workload.jobs());
                        }
                    });
                }
            }
            ratios.add(inThisRound.get("workpool") / inThisRound.get("parallelStream"));
        }
        StringBuilder row = new StringBuilder("| %s | %,d".formatted(workload.name(), workload.jobs()));
        nanos.forEach((contender, values) -> row.append(" | %,.1f ns".formatted(median(values))));
        System.out.println(row + " | %.3f | %.0f bytes |".formatted(median(ratios), median(bytes)));
    }

    private static RunResult run(String contender, int jobs, long tokens) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(SubmitAllBenchmark.class.getName() + "." + contender + "$")
                .param("jobs", Integer.toString(jobs))
                .param("tokens", Long.toString(tokens))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        return new Runner(options).runSingle();
    }

    private static double tokensPerMicro() {
        double[] perMicro = new double[15];
        for (int i = 0; i < perMicro.length; i++) {
            long begun = System.nanoTime();
            Blackhole.consumeCPU(1_000_000);
            perMicro[i] = 1_000_000 / ((System.nanoTime() - begun) / 1_000.0);
        }
        Arrays.sort(perMicro);
        return perMicro[perMicro.length / 2];
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
