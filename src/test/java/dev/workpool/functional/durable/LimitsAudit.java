package dev.workpool.functional.durable;

import dev.workpool.settings.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many jobs began or ran in several processes beside what was allowed, by what they have written. Between the moment
 * at which a worker has asked whether a job may begin and the first instruction of the handler lies what the operating
 * system gives other threads: so much is granted to each.
 */
final class LimitsAudit {
    private static final long SCHEDULED_US = 30_000;

    private final List<Run> runs = new ArrayList<>();
    private final long fromUs;
    private final long toUs;

    /** For how long a process did nothing. */
    record Stop(long fromUs, long toUs) {}

    /** What is known of a process. */
    record Seen(List<String> lines, List<Stop> stops, long killedUs, Duration lease) {}

    /** A job: it counts as running until it has ended, or what it holds is others'. */
    private record Run(long beganUs, long countsUntilUs) {}

    /**
     * How much more there was than allowed.
     *
     * @param jobs 0 or less if nothing
     */
    record Excess(double jobs, long most, double allowed, String what) {
        static final Excess NONE = new Excess(Double.NEGATIVE_INFINITY, 0, 0, "nothing");

        Excess or(Excess other) {
            return other.jobs > jobs ? other : this;
        }

        String text() {
            return String.format(Locale.ROOT, "%s: %d, allowed %.1f", what, most, allowed);
        }
    }

    LimitsAudit(List<Seen> processes, long fromUs, long toUs) {
        this.fromUs = fromUs;
        this.toUs = toUs;
        processes.forEach(this::read);
        runs.sort((a, b) -> Long.compare(a.beganUs(), b.beganUs()));
    }

    private void read(Seen process) {
        Map<Integer, Long> begun = new HashMap<>();
        for (String line : process.lines()) {
            String[] words = line.split(" ", -1);
            if (line.startsWith(LimitsWorker.BEGUN)) {
                begun.put(Integer.valueOf(words[1]), Long.valueOf(words[2]));
            } else if (line.startsWith(LimitsWorker.ENDED)) {
                add(process, begun.remove(Integer.valueOf(words[1])), Long.parseLong(words[2]));
            }
        }
        begun.values().forEach(began -> add(process, began, process.killedUs()));
    }

    private void add(Seen process, long beganUs, long endedUs) {
        long untilUs = Math.min(endedUs, process.killedUs());
        long leaseUs = process.lease().toNanos() / 1_000;
        for (Stop stop : process.stops()) {
            // From five sixths of a lease on it begins nothing and stops what runs, and soon others have its part.
            if (beganUs <= stop.fromUs() && stop.toUs() - stop.fromUs() > leaseUs / 3) {
                untilUs = Math.min(untilUs, stop.fromUs());
            }
        }
        runs.add(new Run(beganUs, untilUs));
    }

    /** The worst interval: jobs that began in it, beside the burst and the rate. */
    Excess ofRate(RateLimit rate) {
        List<Run> begun = runs.stream()
                .filter(run -> run.beganUs() >= fromUs && run.beganUs() <= toUs)
                .toList();
        Excess worst = Excess.NONE;
        for (int i = 0; i < begun.size(); i++) {
            for (int j = i; j < begun.size(); j++) {
                double seconds = (begun.get(j).beganUs() - begun.get(i).beganUs() + SCHEDULED_US) / 1e6;
                double allowed = rate.burst() + rate.perSecond() * seconds;
                int most = j - i + 1;
                worst = worst.or(new Excess(most - allowed, most, allowed, "began in " + seconds + " s at " + rate));
            }
        }
        return worst;
    }

    /** The worst moment at which a job began: jobs that ran then. */
    Excess ofConcurrency(int limit) {
        Excess worst = Excess.NONE;
        for (Run run : runs) {
            if (run.beganUs() < fromUs || run.beganUs() > toUs) {
                continue;
            }
            long running = runs.stream()
                    .filter(each -> each.beganUs() <= run.beganUs() && each.countsUntilUs() > run.beganUs())
                    .count();
            worst = worst.or(new Excess(running - limit, running, limit, "ran at " + run.beganUs()));
        }
        return worst;
    }
}
