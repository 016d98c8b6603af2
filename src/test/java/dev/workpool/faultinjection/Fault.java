package dev.workpool.faultinjection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small fault that can be put into one source file, and the tests that have to notice it.
 *
 * <p>A file of faults has, for each: a line {@code # what is wrong}; a line with the source file below {@code
 * src/main/java/dev/workpool}, a bar, and the simple names of the tests; then the lines that are taken out, each after
 * {@code -}, and those that come in their place, each after {@code +}. White space at both ends of a line does not count.
 */
record Fault(String name, Path source, List<String> tests, List<String> taken, List<String> put) {
    private static final Path SOURCES = Path.of("src/main/java/dev/workpool");

    static List<Fault> readAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Fault> faults = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                faults.addAll(read(file));
            }
            return faults;
        }
    }

    private static List<Fault> read(Path file) throws IOException {
        return Arrays.stream(Files.readString(file).split("(?m)^# "))
                .filter(text -> !text.isBlank())
                .map(Fault::parse)
                .toList();
    }

    private static Fault parse(String text) {
        List<String> lines = text.lines().map(String::strip).toList();
        String where = lines.get(1);
        int bar = where.indexOf('|');
        return new Fault(
                lines.get(0),
                SOURCES.resolve(where.substring(0, bar).strip()),
                List.of(where.substring(bar + 1).strip().split(" +", -1)),
                after('-', lines),
                after('+', lines));
    }

    private static List<String> after(char sign, List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isEmpty() && line.charAt(0) == sign)
                .map(line -> line.substring(1).strip())
                .toList();
    }

    /** The source with the fault in it. Fails if the lines are not there, or stand there twice. */
    String faulty() throws IOException {
        List<String> lines = Files.readAllLines(source);
        List<String> stripped = lines.stream().map(String::strip).toList();
        List<Integer> places = new ArrayList<>();
        for (int at = 0; at + taken.size() <= lines.size(); at++) {
            if (stripped.subList(at, at + taken.size()).equals(taken)) {
                places.add(at);
            }
        }
        if (taken.isEmpty() || places.size() != 1) {
            throw new IllegalStateException("\"" + name + "\": its lines are at " + places.size() + " places of "
                    + source + "; allowed: 1. The file has changed; so must the fault");
        }
        int at = places.get(0);
        List<String> changed = new ArrayList<>(lines.subList(0, at));
        changed.addAll(put);
        changed.addAll(lines.subList(at + taken.size(), lines.size()));
        return String.join("\n", changed);
    }

    @Override
    public String toString() {
        return source.getFileName() + ": " + name;
    }
}
