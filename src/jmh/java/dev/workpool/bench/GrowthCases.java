package dev.workpool.bench;

import dev.workpool.bench.Timing.Runs;
import dev.workpool.bench.Workload.Scale;
import dev.workpool.bench.peer.Contender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cases that differ in one number only: of jobs, of workers, of batches. What a job costs should not depend on any of them. */
final class GrowthCases {
    private static final int MILLION = 1_000_000;
    private static final Runs TINY = new Runs(100, 30, 50);
    private static final List<Contender> CONTENDERS =
            List.of(Contender.WORKPOOL, Contender.PARALLEL_STREAM, Contender.INVOKE_ALL);

    private GrowthCases() {}

    static List<Case> growth(Scale scale) {
        List<Case> cases = new ArrayList<>();
        for (int jobs = 1_000; jobs <= (scale.full() ? 10 * MILLION : MILLION); jobs *= 10) {
            jobs(cases, 0, jobs);
        }
        for (int jobs = 1_000; jobs <= (scale.full() ? 10 * MILLION : MILLION / 10); jobs *= 10) {
            jobs(cases, 1, jobs);
        }
        for (int workers : scale.full() ? new int[] {1, 2, 4, 16, 64, 256, 1_024} : new int[] {1, 2, 16, 1_024}) {
            for (Contender contender : CONTENDERS) {
                if (contender.canHave(workers)) {
                    String setting = "100,000 of 1 µs, %,d workers".formatted(workers);
                    cases.add(ListCases.batch(setting, contender, "compute:1", 100_000, workers, Runs.SHORT));
                }
            }
        }
        for (int micros = 0; micros <= 1; micros++) {
            for (int batches = 1; batches <= (scale.full() ? 1_000 : 100); batches *= 10) {
                cases.add(batches(micros, batches));
            }
        }
        return cases;
    }

    /** Ten million are for those alone that take no time to speak of over each. */
    private static void jobs(List<Case> cases, int micros, int jobs) {
        for (Contender contender : CONTENDERS) {
            if (contender.slowness() == 1 || jobs <= MILLION) {
                cases.add(ListCases.batch(
                        "%,d %s".formatted(jobs, jobs(micros)),
                        contender,
                        "compute:" + micros,
                        jobs,
                        ListCases.CORES,
                        runs(jobs, micros)));
            }
        }
    }

    private static String jobs(int micros) {
        return micros == 0 ? ListCases.EMPTY : "of " + micros + " µs";
    }

    /** A batch of few jobs takes a few microseconds: it takes many of them to tell anything. */
    private static Runs runs(int jobs, int micros) {
        if (jobs <= 10_000) {
            return TINY;
        }
        if (jobs <= 100_000 || (micros == 0 && jobs <= MILLION)) {
            return Runs.SHORT;
        }
        return jobs * Math.max(0.1, micros) <= MILLION ? Runs.LONG : Runs.LONGEST;
    }

    private static Case batches(int micros, int batches) {
        int jobs = 1_000;
        Map<String, String> params = Map.of(
                "batches",
                Integer.toString(batches),
                "jobs",
                Integer.toString(jobs),
                "work",
                "compute:" + micros,
                "workers",
                Integer.toString(ListCases.CORES));
        return new Case(
                "%,d batches of %,d %s".formatted(batches, jobs, jobs(micros)),
                Contender.WORKPOOL.label(),
                new Timing(
                        ConcurrentBatchesBenchmark.class,
                        "run",
                        params,
                        batches <= 10 ? TINY : Runs.SHORT,
                        ListCases.TIME,
                        "ns",
                        (double) batches * jobs,
                        batches * jobs));
    }
}
