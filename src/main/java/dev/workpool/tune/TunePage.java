package dev.workpool.tune;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a report as one self-contained HTML page that loads nothing from elsewhere: charts of throughput and of the
 * times of jobs with their intervals, and a table. Stateless.
 *
 * <p>The charts are drawn by uPlot, whose text comes from the optional dependency {@code org.webjars.npm:uplot}.
 */
public final class TunePage {
    private static final Pattern HOLE = Pattern.compile("\\{\\{(\\w+)}}");
    private static final String LIBRARY = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final String FILES = "META-INF/resources/webjars/uplot/";

    private TunePage() {}

    /**
     * The report as a page.
     *
     * @param report what tuning has found
     * @param title what was tuned, as plain text
     * @return HTML, to be written as UTF-8
     * @throws IllegalStateException if uPlot is not on the class path
     */
    public static String of(TuneReport report, String title) {
        String library = FILES + libraryVersion() + "/";
        Map<String, String> parts = Map.ofEntries(
                Map.entry("title", escape(title)),
                Map.entry("answer", escape(capital(TuneText.answer(report)))),
                Map.entry(
                        "sentences",
                        Stream.concat(Stream.of(TuneText.explanation(report)), TuneText.sentences(report).stream())
                                .map(sentence -> "<li>" + escape(capital(sentence)) + "</li>")
                                .collect(Collectors.joining("\n"))),
                Map.entry(
                        "rows",
                        report.points().stream()
                                .map(point -> row(point, report))
                                .collect(Collectors.joining("\n"))),
                Map.entry("processors", String.valueOf(report.processors())),
                Map.entry("elapsed", escape(Figures.seconds(report.elapsed().toMillis() / 1e3))),
                Map.entry("data", data(report)),
                Map.entry("style", resource("dev/workpool/tune/page.css")),
                Map.entry("script", resource("dev/workpool/tune/page.js")),
                Map.entry("licence", resource(library + "LICENSE").strip()),
                Map.entry("libraryStyle", resource(library + "dist/uPlot.min.css")),
                Map.entry("library", resource(library + "dist/uPlot.iife.min.js")));
        return HOLE.matcher(resource("dev/workpool/tune/page.html"))
                .replaceAll(hole -> Matcher.quoteReplacement(parts.get(hole.group(1))));
    }

    private static String row(TunePoint point, TuneReport report) {
        List<String> cells = TuneText.cells(point, report.processors());
        StringBuilder row =
                new StringBuilder(report.recommended().orElse(0) == point.workers() ? "<tr class=\"chosen\">" : "<tr>");
        row.append("<td>").append(cells.get(0)).append("</td>");
        for (int i = 1; i < cells.size(); i += 2) {
            row.append("<td>")
                    .append(escape(cells.get(i)))
                    .append("<small>")
                    .append(escape(cells.get(i + 1)))
                    .append("</small></td>");
        }
        return row.append("<td>").append(point.rounds()).append("</td></tr>").toString();
    }

    /** The figures for the script: numbers only, so that there is nothing to escape. */
    private static String data(TuneReport report) {
        StringBuilder data = new StringBuilder("{");
        series(data, report, "workers", TunePoint::workers);
        series(data, report, "throughput", point -> point.throughput().value());
        series(data, report, "throughputLow", point -> point.throughput().low());
        series(data, report, "throughputHigh", point -> point.throughput().high());
        series(data, report, "p50", point -> point.p50().value());
        series(data, report, "p50Low", point -> point.p50().low());
        series(data, report, "p50High", point -> point.p50().high());
        series(data, report, "p99", point -> point.p99().value());
        series(data, report, "p99Low", point -> point.p99().low());
        series(data, report, "p99High", point -> point.p99().high());
        data.append("\"recommended\": ").append(report.recommended().orElse(0)).append(", \"fit\": ");
        data.append(report.fit()
                .map(fit -> "{\"lambda\": %s, \"sigma\": %s, \"kappa\": %s}"
                        .formatted(number(fit.lambda()), number(fit.sigma()), number(fit.kappa())))
                .orElse("null"));
        return data.append("}").toString();
    }

    private static void series(StringBuilder data, TuneReport report, String name, ToDoubleFunction<TunePoint> figure) {
        data.append('"')
                .append(name)
                .append("\": ")
                .append(report.points().stream()
                        .map(point -> number(figure.applyAsDouble(point)))
                        .toList())
                .append(", ");
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.valueOf(value) : "null";
    }

    private static String capital(String sentence) {
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String libraryVersion() {
        Properties properties = new Properties();
        try (InputStream in = open(LIBRARY)) {
            if (in == null) {
                throw new IllegalStateException(
                        "a page needs org.webjars.npm:uplot on the class path, an optional dependency of Workpool");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static String resource(String name) {
        try (InputStream in = open(name)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        return TunePage.class.getClassLoader().getResourceAsStream(name);
    }
}
