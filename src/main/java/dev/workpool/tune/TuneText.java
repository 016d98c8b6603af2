package dev.workpool.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a report as text for a terminal: a table, bars, and the conclusion. Stateless. */
public final class TuneText {
    private static final int BAR = 50;
    private static final double POOR = 0.8;
    private static final List<String> HEADER =
            List.of("workers", "jobs/s", "95 %", "p50", "95 %", "p99", "95 %", "CPU", "95 %", "failed", "95 %");

    private TuneText() {}

    /**
     * The report as lines.
     *
     * @param report what tuning has found
     * @return lines of at most 130 characters, sentences apart, each with a newline at its end
     */
    public static String of(TuneReport report) {
        StringBuilder text = new StringBuilder();
        if (!report.points().isEmpty()) {
            table(report, text);
            text.append('\n');
        }
        if (report.points().stream().anyMatch(point -> point.throughput().value() > 0)) {
            bars(report, text);
            text.append('\n');
        }
        text.append(answer(report))
                .append(report.recommended().isPresent() ? ", " : ": ")
                .append(explanation(report))
                .append('\n');
        sentences(report).forEach(sentence -> text.append(sentence).append('\n'));
        return text.toString();
    }

    /** What the answer means, or why there is none. */
    static String explanation(TuneReport report) {
        return report.recommended().isPresent() ? "the fewest within 5 % of the best throughput" : report.because();
    }

    /** What else there is to say, a sentence each. */
    static List<String> sentences(TuneReport report) {
        List<String> sentences = new ArrayList<>();
        if (report.recommended().isPresent()) {
            sentences.add("limited by: " + limit(report.bottleneck()) + "; " + report.because());
        }
        report.fit().ifPresent(fit -> sentences.add(law(fit)));
        report.notes().forEach(note -> sentences.add("note: " + note));
        return sentences;
    }

    /** The answer in a few words. */
    static String answer(TuneReport report) {
        return report.recommended().isPresent()
                ? "recommended: " + Figures.workers(report.recommended().getAsInt())
                : "no recommendation";
    }

    private static String limit(Bottleneck bottleneck) {
        return switch (bottleneck) {
            case CPU -> "processors (CPU-bound)";
            case IO -> "the number of workers (I/O-bound)";
            case DOWNSTREAM -> "something downstream";
            case SUPPLY -> "jobs that are too short for so many workers";
            case UNKNOWN -> "not known";
        };
    }

    private static String law(ScalabilityFit fit) {
        String peak =
                fit.peak().isPresent() ? "peak at " + Figures.number(fit.peak().getAsDouble()) + " workers" : "no peak";
        return String.format(
                Locale.ROOT,
                "scalability law%s: λ = %s jobs/s, σ = %.4f, κ = %.6f, %s, R² = %.3f",
                fit.r2() < POOR ? " (fits badly)" : "",
                Figures.number(fit.lambda()),
                fit.sigma(),
                fit.kappa(),
                peak,
                fit.r2());
    }

    private static void table(TuneReport report, StringBuilder text) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        report.points().forEach(point -> rows.add(cells(point, report.processors())));
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(cells -> cells.get(at).length())
                        .max()
                        .orElse(0);
                text.append(column == 0 ? "" : "  ")
                        .append(" ".repeat(width - row.get(column).length()))
                        .append(row.get(column));
            }
            text.append('\n');
        }
    }

    /** One row; the same for a page. */
    static List<String> cells(TunePoint point, int processors) {
        Estimate cpu = point.processors();
        return List.of(
                String.valueOf(point.workers()),
                Figures.number(point.throughput().value()),
                Figures.interval(point.throughput(), Figures::number),
                Figures.seconds(point.p50().value()),
                Figures.interval(point.p50(), Figures::seconds),
                Figures.seconds(point.p99().value()),
                Figures.interval(point.p99(), Figures::seconds),
                Figures.percent(cpu.value() / processors),
                Figures.interval(cpu, used -> Figures.percent(used / processors)),
                String.valueOf(point.failed()),
                Figures.interval(point.failedShare(), Figures::percent));
    }

    private static void bars(TuneReport report, StringBuilder text) {
        double most = report.points().stream()
                .mapToDouble(point -> point.throughput().high())
                .max()
                .orElse(0);
        text.append("throughput: # up to the lower end of the interval, + up to the upper one\n");
        for (TunePoint point : report.points()) {
            int low = length(point.throughput().low(), most);
            int high = length(point.throughput().high(), most);
            String bar = "  " + "#".repeat(low) + "+".repeat(high - low);
            boolean recommended = report.recommended().orElse(0) == point.workers();
            text.append("%7d%s".formatted(point.workers(), bar))
                    .append(recommended ? " <- recommended" : "")
                    .append('\n');
        }
    }

    private static int length(double throughput, double most) {
        return most > 0 ? (int) Math.round(BAR * throughput / most) : 0;
    }
}
