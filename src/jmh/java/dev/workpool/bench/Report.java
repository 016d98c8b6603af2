package dev.workpool.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What was measured, and on what. As JSON it has a figure on each line, so that what changed between two reports can be read.
 *
 * @param date the day, as in 2026-11-25
 * @param jvm its vendor and version
 * @param cpu its name, or what is known of it
 * @param cores how many the JVM sees
 * @param os its name, version and architecture
 * @param heap of each workload
 * @param gc the collector
 * @param command what repeats it
 * @param rounds how often each was measured
 * @param figures in the order of workloads, settings and contenders
 */
public record Report(
        String date,
        String jvm,
        String cpu,
        int cores,
        String os,
        String heap,
        String gc,
        String command,
        int rounds,
        List<Figure> figures) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Report {
        figures = List.copyOf(figures);
    }

    /** Reads what {@link #write} has written. */
    public static Report read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Report.class);
    }

    /** Writes it as JSON. */
    public void write(Path file) throws IOException {
        ObjectNode head = JSON.valueToTree(this);
        head.remove("figures");
        StringBuilder text = new StringBuilder("{\n");
        head.properties()
                .forEach(field -> text.append("  ")
                        .append(json(field.getKey()))
                        .append(": ")
                        .append(json(field.getValue()))
                        .append(",\n"));
        text.append("  \"figures\": ").append(lines(figures)).append("\n}\n");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
    }

    /** Reads figures alone. */
    static List<Figure> readFigures(Path file) throws IOException {
        return JSON.readValue(file.toFile(), new TypeReference<>() {});
    }

    /** Writes figures alone. */
    static void writeFigures(List<Figure> figures, Path file) throws IOException {
        Files.writeString(file, lines(figures));
    }

    private static String lines(List<Figure> figures) {
        List<String> lines = new ArrayList<>();
        figures.forEach(figure -> lines.add("    " + json(figure)));
        return "[\n" + String.join(",\n", lines) + "\n  ]";
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
