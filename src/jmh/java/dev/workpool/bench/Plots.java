package dev.workpool.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Two charts of batches: what share of the cores jobs get, by what they cost, and what a job costs that does nothing. */
final class Plots {
    private static final int WIDTH = 880;
    private static final int HEIGHT = 520;
    private static final Color OURS = new Color(0xd0, 0x30, 0x20);
    private static final double NS_PER_MICRO = 1e3;
    private static final int DPI = 144;

    /** Told apart by those who see few colours too, by lightness and by markers. */
    private static final Color[] THEIRS = {
        new Color(0x00, 0x72, 0xb2),
        new Color(0xe6, 0x9f, 0x00),
        new Color(0x00, 0x9e, 0x73),
        new Color(0xcc, 0x79, 0xa7),
        new Color(0x56, 0xb4, 0xe9),
        new Color(0x6b, 0x6b, 0x6b),
        new Color(0x8c, 0x56, 0x4b)
    };

    private Plots() {}

    /** Draws what the report has figures for. */
    static void of(Report report, Path directory) {
        System.setProperty("java.awt.headless", "true");
        List<Figure> times = report.figures().stream()
                .filter(figure -> figure.workload().equals(Workload.BATCH.label())
                        && figure.metric().equals(ListCases.TIME))
                .toList();
        if (!times.isEmpty()) {
            save(shares(times, report.cores()), directory.resolve("batch.png"));
            save(empty(times), directory.resolve("empty.png"));
        }
    }

    private static XYChart shares(List<Figure> times, int cores) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("How much of %d cores goes into the jobs".formatted(cores))
                .xAxisTitle("cost of a job, µs")
                .yAxisTitle("% of the ideal")
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(105.0);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        Map<String, Integer> costs = ListCases.costs();
        Map<String, List<Figure>> byContender = new LinkedHashMap<>();
        times.stream()
                .filter(figure -> costs.getOrDefault(figure.setting(), 0) > 0)
                .forEach(figure -> byContender
                        .computeIfAbsent(figure.contender(), name -> new ArrayList<>())
                        .add(figure));
        byContender.forEach((contender, figures) -> {
            double[] micros = figures.stream()
                    .mapToDouble(figure -> costs.get(figure.setting()))
                    .toArray();
            double[] shares = figures.stream()
                    .mapToDouble(figure -> 100 * costs.get(figure.setting()) * NS_PER_MICRO / cores / figure.median())
                    .toArray();
            dress(
                    chart.addSeries(contender, micros, shares),
                    chart.getSeriesMap().size() - 1);
        });
        return chart;
    }

    /** The first is ours. */
    private static void dress(XYSeries line, int index) {
        line.setLineColor(index == 0 ? OURS : THEIRS[index % THEIRS.length]);
        line.setMarkerColor(line.getLineColor());
        line.setLineStyle(new BasicStroke(index == 0 ? 3.5f : 1.5f));
        line.setMarker(
                index < THEIRS.length
                        ? SeriesMarkers.CIRCLE
                        : index < 2 * THEIRS.length ? SeriesMarkers.DIAMOND : SeriesMarkers.SQUARE);
    }

    private static CategoryChart empty(List<Figure> times) {
        List<Figure> sorted = times.stream()
                .filter(figure -> figure.setting().equals(ListCases.EMPTY))
                .sorted(Comparator.comparingDouble(Figure::median))
                .toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("What a job costs that does nothing, ns")
                .yAxisTitle("ns a job, logarithmic")
                .build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(1.0);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        chart.getStyler().setXAxisLabelRotation(35);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setAvailableSpaceFill(0.7);
        chart.getStyler().setSeriesColors(new Color[] {THEIRS[0]});
        chart.addSeries(
                "empty job",
                sorted.stream().map(Figure::contender).toList(),
                sorted.stream().map(Figure::median).toList());
        return chart;
    }

    private static void style(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setDecimalPattern("#,##0");
        styler.setPlotGridLinesColor(new Color(0xdd, 0xdd, 0xdd));
        styler.setChartTitleBoxVisible(false);
    }

    private static void save(Chart<?, ?> chart, Path file) {
        try {
            BitmapEncoder.saveBitmapWithDPI(chart, file.toString(), BitmapFormat.PNG, DPI);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
