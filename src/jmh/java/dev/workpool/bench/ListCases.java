package dev.workpool.bench;

import dev.workpool.bench.Timing.Runs;
import dev.workpool.bench.Workload.Scale;
import dev.workpool.bench.peer.Contender;
import dev.workpool.bench.peer.Durations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Cases of {@link BatchBenchmark} with all contenders: cheap and dear jobs, uneven ones, and such that block. */
final class ListCases {
    static final int CORES = Runtime.getRuntime().availableProcessors();
    static final String TIME = "time of a job";
    static final String IDEAL = "multiple of the ideal";
    static final String EMPTY = "empty";

    private static final int FEWEST = 5_000;
    private static final int SLEEP_MS = 5;
    private static final int JOBS_PER_WORKER = 40;
    private static final double NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Runs UNEVEN = new Runs(2, 1, 1);

    private ListCases() {}

    /** What the jobs of a batch cost, in microseconds, by the name of its setting. */
    static Map<String, Integer> costs() {
        Map<String, Integer> costs = new LinkedHashMap<>();
        costs.put(EMPTY, 0);
        costs.put("1 µs", 1);
        costs.put("10 µs", 10);
        costs.put("100 µs", 100);
        costs.put("1 ms", 1_000);
        return costs;
    }

    static List<Case> batch(Scale scale) {
        Map<Integer, Integer> jobs = Map.of(0, 1_000_000, 1, 200_000, 10, 20_000, 100, 2_000, 1_000, 400);
        List<Case> cases = new ArrayList<>();
        costs().forEach((setting, micros) -> {
            if (scale.full() || micros == 0 || micros == 1 || micros == 100) {
                for (Contender contender : with(CORES)) {
                    int all = jobs.get(micros) / (scale.full() ? 1 : 2);
                    int n = micros <= 1 ? Math.max(FEWEST, all / contender.slowness()) : all;
                    cases.add(batch(setting, contender, "compute:" + micros, n, CORES, Runs.SHORT));
                }
            }
        });
        return cases;
    }

    /** A batch of equal jobs: the time of each and what is allocated for it. */
    static Case batch(String setting, Contender contender, String work, int jobs, int workers, Runs runs) {
        return new Case(
                setting,
                contender.label(),
                new Timing(
                        BatchBenchmark.class,
                        "run",
                        params(contender, work, jobs, workers),
                        runs,
                        TIME,
                        "ns",
                        jobs,
                        jobs));
    }

    static List<Case> uneven(Scale scale) {
        Map<String, String> loads = new LinkedHashMap<>();
        loads.put("Pareto", "pareto:1");
        if (scale.full()) {
            loads.put("Pareto, another draw", "pareto:2");
        }
        loads.put("500 ms among 10 µs", "one-slow:500");
        List<Case> cases = new ArrayList<>();
        loads.forEach((setting, work) -> {
            long[] durations = Durations.of(work);
            double ideal = Durations.listSchedule(durations, CORES);
            for (Contender contender : with(CORES)) {
                cases.add(
                        multiple(setting, contender, params(contender, work, durations.length, CORES), UNEVEN, ideal));
            }
        });
        return cases;
    }

    static List<Case> blocking(Scale scale) {
        List<Case> cases = new ArrayList<>();
        for (int workers : scale.full() ? new int[] {16, 64, 256, 1_024} : new int[] {16, 256}) {
            for (Contender contender : with(workers)) {
                if (contender != Contender.PARALLEL_STREAM) {
                    cases.add(multiple(
                            "%,d workers".formatted(workers),
                            contender,
                            params(contender, "sleep:" + SLEEP_MS, JOBS_PER_WORKER * workers, workers),
                            Runs.LONG,
                            JOBS_PER_WORKER * SLEEP_MS * NS_PER_MS));
                }
            }
        }
        return cases;
    }

    private static Case multiple(
            String setting, Contender contender, Map<String, String> params, Runs runs, double idealNs) {
        return new Case(
                setting,
                contender.label(),
                new Timing(BatchBenchmark.class, "run", params, runs, IDEAL, "times", idealNs, 0));
    }

    private static List<Contender> with(int workers) {
        return Arrays.stream(Contender.values())
                .filter(contender -> contender.canHave(workers))
                .toList();
    }

    private static Map<String, String> params(Contender contender, String work, int jobs, int workers) {
        return Map.of(
                "contender",
                contender.name(),
                "work",
                work,
                "jobs",
                Integer.toString(jobs),
                "workers",
                Integer.toString(workers));
    }
}
