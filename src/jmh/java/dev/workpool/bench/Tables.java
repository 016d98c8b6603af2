package dev.workpool.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A report as Markdown: a table for each workload and what was measured of it, medians of the rounds in its cells. */
final class Tables {
    private static final String BASE = "workpool";
    private static final String NONE = "–";

    private Tables() {}

    /** What a report says. */
    static String of(Report report) {
        StringBuilder text = new StringBuilder("%s, %s, %s, %d cores, %s. Heap: %s; %s. Medians of %d rounds.%n%n`%s`%n"
                .formatted(
                        report.date(),
                        report.jvm(),
                        report.cpu(),
                        report.cores(),
                        report.os(),
                        report.heap(),
                        report.gc(),
                        report.rounds(),
                        report.command()));
        Map<String, Map<String, List<Figure>>> byWorkload = new LinkedHashMap<>();
        for (Figure figure : report.figures()) {
            byWorkload
                    .computeIfAbsent(figure.workload(), name -> new LinkedHashMap<>())
                    .computeIfAbsent(figure.metric() + ", " + figure.unit(), name -> new ArrayList<>())
                    .add(figure);
        }
        byWorkload.forEach((name, tables) -> {
            text.append("%n## %s%n%n%s%n".formatted(name, Workload.named(name).sentence()));
            tables.forEach((caption, figures) -> text.append(tables(caption, figures)));
        });
        return text.toString();
    }

    private static String tables(String caption, List<Figure> figures) {
        String table = table(caption, figures, figure -> number(figure.median()));
        Collection<String> contenders = named(figures, Figure::contender);
        boolean compared = contenders.size() > 1 && contenders.contains(BASE);
        if (!compared || !figures.get(0).metric().equals(ListCases.TIME)) {
            return table;
        }
        return table
                + table(
                        "times as long as " + BASE + ", within a round",
                        figures,
                        figure -> find(figures, figure.setting(), BASE)
                                .map(base -> number(figure.times(base)))
                                .orElse(NONE));
    }

    private static String table(String caption, List<Figure> figures, Function<Figure, String> cell) {
        Collection<String> settings = named(figures, Figure::setting);
        Collection<String> contenders = named(figures, Figure::contender);
        boolean settingsAreRows = settings.size() >= contenders.size();
        Collection<String> rows = settingsAreRows ? settings : contenders;
        Collection<String> columns = settingsAreRows ? contenders : settings;
        StringBuilder text = new StringBuilder("%n| %s | %s |%n| --- |%s%n"
                .formatted(caption, String.join(" | ", columns), " ---: |".repeat(columns.size())));
        for (String row : rows) {
            text.append("| ").append(row).append(" |");
            for (String column : columns) {
                Optional<Figure> figure = settingsAreRows ? find(figures, row, column) : find(figures, column, row);
                text.append(' ').append(figure.map(cell).orElse(NONE)).append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static Collection<String> named(List<Figure> figures, Function<Figure, String> name) {
        return new LinkedHashSet<>(figures.stream().map(name).toList());
    }

    private static Optional<Figure> find(List<Figure> figures, String setting, String contender) {
        return figures.stream()
                .filter(figure ->
                        figure.setting().equals(setting) && figure.contender().equals(contender))
                .findFirst();
    }

    /** Three digits at least, and none that means nothing. */
    static String number(double value) {
        int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
