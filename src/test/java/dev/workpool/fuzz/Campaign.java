package dev.workpool.fuzz;

import java.util.Map;
import java.util.TreeMap;

/** How far the rounds are that all lanes play together. Thread-safe. */
final class Campaign {
    private final FuzzOptions options;
    private final boolean calm;
    private final long beginNs = System.nanoTime();
    private final Map<String, Integer> kinds = new TreeMap<>();
    private final StringBuilder report = new StringBuilder();
    private long begun;
    private int played;
    private int failed;
    private int ended;

    /** @param calm for rounds that only warm up: nothing is done near the end of a stack, and what is found comes up again */
    Campaign(FuzzOptions options, boolean calm) {
        this.options = options;
        this.calm = calm;
    }

    boolean isCalm() {
        return calm;
    }

    synchronized long nextSeed() {
        return options.seed() + begun++ / options.repeats();
    }

    /** Whether the round that has been given out last is not to be played any more. */
    synchronized boolean isOver() {
        boolean enough = options.rounds() > 0
                ? begun > (long) options.rounds() * options.repeats()
                : System.nanoTime() - beginNs > options.time().toNanos();
        return enough || failed >= options.failures();
    }

    synchronized void played(long seed, Findings findings, Watch watch, String text) {
        played++;
        if (findings.isEmpty() || calm) {
            return;
        }
        failed++;
        findings.counts().keySet().forEach(kind -> kinds.merge(kind, 1, Integer::sum));
        String found = "-Dfuzz.seed=" + seed + " -Dfuzz.rounds=1 fails:\n" + findings + "  in " + text + "\n";
        report.append(found);
        System.out.println(found);
        if (watch.hasMissed() && Boolean.getBoolean("fuzz.threads")) {
            System.out.println(watch.threads());
        }
    }

    /** To be called by each lane when it has come to the end. */
    synchronized void laneEnded() {
        ended++;
    }

    synchronized void checkAllLanesCameToTheEnd(int lanes) {
        if (ended < lanes) {
            report.append(lanes - ended).append(" lanes broke off\n");
        }
    }

    /** What the rounds that failed have found, with their seeds. */
    synchronized String report() {
        return report.toString();
    }

    @Override
    public synchronized String toString() {
        return played + " rounds from seed " + options.seed() + ", " + failed + " failed " + kinds;
    }
}
