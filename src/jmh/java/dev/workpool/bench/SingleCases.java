package dev.workpool.bench;

import dev.workpool.bench.CancelBenchmark.Cancelled;
import dev.workpool.bench.PolicyBenchmark.Policy;
import dev.workpool.bench.Timing.Runs;
import dev.workpool.bench.Workload.Scale;
import dev.workpool.bench.peer.Submitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Cases that are not of lists with all contenders: single jobs, streams, cancellation, memory, policies. */
final class SingleCases {
    private static final double NS_PER_MICRO = TimeUnit.MICROSECONDS.toNanos(1);
    private static final double NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private SingleCases() {}

    static List<Case> submit(Scale scale) {
        int jobs = scale.full() ? 200_000 : 100_000;
        int trips = 2_000;
        List<Case> cases = new ArrayList<>();
        for (int threads : new int[] {1, 4}) {
            for (Submitter submitter : Submitter.values()) {
                if (submitter.isThere()) {
                    cases.add(submitter(
                            threads == 1 ? "submit from one thread" : "submit from " + threads + " threads",
                            submitter,
                            "flood",
                            threads,
                            jobs,
                            ListCases.TIME,
                            "ns",
                            jobs));
                }
            }
        }
        for (Submitter submitter : List.of(Submitter.POOL_EXECUTOR, Submitter.THREAD_POOL_EXECUTOR)) {
            cases.add(submitter("execute from one thread", submitter, "execute", 1, jobs, ListCases.TIME, "ns", jobs));
        }
        for (Submitter submitter : Submitter.values()) {
            if (submitter.isThere()) {
                cases.add(submitter(
                        "one at a time, each waited for",
                        submitter,
                        "roundTrip",
                        1,
                        trips,
                        "there and back",
                        "µs",
                        trips * NS_PER_MICRO));
            }
        }
        return cases;
    }

    private static Case submitter(
            String setting,
            Submitter submitter,
            String method,
            int threads,
            int jobs,
            String metric,
            String unit,
            double per) {
        Map<String, String> params = Map.of(
                "submitter", submitter.name(), "threads", Integer.toString(threads), "jobs", Integer.toString(jobs));
        return new Case(
                setting,
                submitter.label(),
                new Timing(SubmitBenchmark.class, method, params, Runs.SHORT, metric, unit, per, 0));
    }

    static List<Case> stream(Scale scale) {
        int jobs = scale.full() ? 10_000_000 : 3_000_000;
        int fewer = jobs / 40; // what takes long over each job shows so with fewer
        return List.of(
                stream("in order", "process", "processOrdered", jobs),
                stream("as completed", "process", "processAsCompleted", jobs),
                stream("in order", "PoolFlow", "flowOrdered", jobs),
                stream("as completed", "PoolFlow", "flowAsCompleted", jobs),
                stream("in order", "source and sink alone", "sourceAndSink", jobs),
                stream("in order", "mapAsync(Unordered), 1024", "mapAsync", fewer),
                stream("as completed", "mapAsync(Unordered), 1024", "mapAsyncUnordered", fewer));
    }

    private static Case stream(String setting, String contender, String method, int jobs) {
        Map<String, String> params =
                Map.of("jobs", Integer.toString(jobs), "workers", Integer.toString(ListCases.CORES));
        return new Case(
                setting,
                contender,
                new Timing(StreamBenchmark.class, method, params, Runs.LONG, ListCases.TIME, "ns", jobs, 0));
    }

    static List<Case> cancel(Scale scale) {
        int jobs = 1_000_000;
        List<Case> cases = new ArrayList<>();
        for (Cancelled cancelled : Cancelled.values()) {
            Map<String, String> params = Map.of("cancelled", cancelled.name(), "jobs", Integer.toString(jobs));
            cases.add(new Case(
                    "%,d jobs".formatted(jobs),
                    cancelled == Cancelled.BATCH ? "workpool" : "ThreadPoolExecutor",
                    new Timing(
                            CancelBenchmark.class,
                            "run",
                            params,
                            scale.full() ? new Runs(8, 2, 3) : Runs.LONG,
                            "until all have ended",
                            "ms",
                            NS_PER_MS,
                            0)));
        }
        return cases;
    }

    static List<Case> memory() {
        return Arrays.stream(QueuedMemory.values())
                .map(memory -> new Case("1,000,000 jobs", memory.label(), memory))
                .toList();
    }

    static List<Case> policies(Scale scale) {
        List<Case> cases = new ArrayList<>();
        for (Policy policy : Policy.values()) {
            cases.add(policy(policy.label(), policy, "idle", scale.full() ? 1_000_000 : 500_000, ListCases.TIME, 1));
        }
        cases.add(policy("every other job fails once", Policy.NONE, "retries", 100_000, "time of a retry", 0.5));
        return cases;
    }

    private static Case policy(
            String setting, Policy policy, String method, int jobs, String metric, double countedPerJob) {
        Map<String, String> params = Map.of("policy", policy.name(), "jobs", Integer.toString(jobs));
        return new Case(
                setting,
                "workpool",
                new Timing(PolicyBenchmark.class, method, params, Runs.SHORT, metric, "ns", jobs * countedPerJob, 0));
    }
}
