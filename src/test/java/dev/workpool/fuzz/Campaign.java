package dev.workpool.fuzz;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** How far the rounds are that all lanes play together. Thread-safe. */
final class Campaign {
    private static final int WARM_UPS = 8;

    private final FuzzOptions options;
    private final boolean calm;
    private final long beginNs = System.nanoTime();
    private final Map<String, Integer> kinds = new TreeMap<>();
    private final StringBuilder report = new StringBuilder();
    private long begun;
    private int played;
    private int failed;

    /** @param calm for rounds that only warm up: nothing is done near the end of a stack, and what is found comes up again */
    Campaign(FuzzOptions options, boolean calm) {
        this.options = options;
        this.calm = calm;
    }

    /** Has each class loaded before something is done near the end of a stack, where a class that is loaded may be broken for good. */
    static Campaign warmingUp() {
        return new Campaign(new FuzzOptions(0, WARM_UPS, 1, Duration.ZERO, 1, 1), true);
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
        findings.counts().keySet().forEach(kind -> kinds.merge(kind, 1, Integer::sum));
        failed(seed, findings.toString(), text, watch.threads());
    }

    /** A round goes on for so long that nobody waits for it any more. */
    synchronized void stuck(long seed, String text, String threads) {
        failed(seed, "  the round does not end\n", text, threads);
    }

    private void failed(long seed, String findings, String text, String threads) {
        failed++;
        String found = "seed " + seed + " fails:\n" + findings + "  in " + text
                + "\n  again: mvn test -Dtest=PoolFuzzTest -Dfuzz.rounds=1 -Dfuzz.repeats=100 -Dfuzz.seed=" + seed
                + "\n";
        report.append(found);
        System.out.println(found + (threads.isEmpty() ? "" : "  threads:\n" + threads));
    }

    /** To be called by a lane that does not come to the end. */
    synchronized void brokeOff(Throwable problem) {
        failed++;
        report.append("a lane broke off: ").append(trace(problem)).append('\n');
    }

    static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
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
