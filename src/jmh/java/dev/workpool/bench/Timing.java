package dev.workpool.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A method of a benchmark, in this process, by JMH.
 *
 * @param benchmark its class
 * @param method its name
 * @param params values of its parameters
 * @param runs how often
 * @param metric what the time is of
 * @param unit what {@code per} makes of nanoseconds
 * @param per what the time is divided by: jobs, nanoseconds of an ideal, nanoseconds of a unit
 * @param jobs by what the allocated bytes are divided, or 0 if they are not asked for
 */
record Timing(
        Class<?> benchmark,
        String method,
        Map<String, String> params,
        Runs runs,
        String metric,
        String unit,
        double per,
        int jobs)
        implements Measurement {
    static final String ALLOCATED = "allocated";
    private static final TimeValue HANGS = TimeValue.minutes(2);

    /** How often: to warm up where all is new, later, and to measure. */
    record Runs(int firstWarmups, int laterWarmups, int measured) {
        static final Runs SHORT = new Runs(10, 3, 5);
        static final Runs LONG = new Runs(3, 1, 2);
        static final Runs LONGEST = new Runs(1, 0, 1);
    }

    @Override
    public List<Reading> measure(boolean first) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName() + "." + method + "$")
                .warmupIterations(first ? runs.firstWarmups() : runs.laterWarmups())
                .measurementIterations(runs.measured())
                .timeout(HANGS)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        params.forEach(options::param);
        if (jobs > 0) {
            options.addProfiler(GCProfiler.class);
        }
        RunResult result = new Runner(options.build()).runSingle();
        List<Reading> readings = new ArrayList<>();
        readings.add(new Reading(metric, unit, median(result.getPrimaryResult()) / per));
        result.getSecondaryResults().forEach((name, bytes) -> {
            if (name.endsWith("gc.alloc.rate.norm")) {
                readings.add(new Reading(ALLOCATED, "bytes a job", median(bytes) / jobs));
            }
        });
        return readings;
    }

    private static double median(Result<?> result) {
        return result.getStatistics().getPercentile(50);
    }
}
