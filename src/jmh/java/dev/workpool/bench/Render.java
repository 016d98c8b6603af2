package dev.workpool.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tables and charts of a report that is stored, without measuring anything. */
public final class Render {
    private Render() {}

    /**
     * Makes them.
     *
     * @param args a report, as JSON; the directory to write to
     */
    public static void main(String[] args) throws IOException {
        System.out.println(into(Report.read(Path.of(args[0])), Path.of(args[1])));
    }

    /** Writes tables and charts into a directory, and returns the tables. */
    static String into(Report report, Path directory) throws IOException {
        Files.createDirectories(directory);
        String tables = Tables.of(report);
        Files.writeString(directory.resolve("report.md"), tables);
        Plots.of(report, directory);
        return tables;
    }
}
