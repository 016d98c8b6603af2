package dev.workpool.cluster;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the handlers of a node have done, in a file, so that it is known even if the node is killed. Thread-safe. */
final class NodeDiary {
    private final Path file;

    /** What a handler has done, and when. */
    record Entry(NodeDiary node, long atMs, String what, long job) {}

    NodeDiary(Path file) {
        this.file = file;
    }

    /** Writes from now on. */
    Writer write() throws IOException {
        return new Writer(new FileOutputStream(file.toFile()));
    }

    /** Writes a diary. */
    static final class Writer {
        private final OutputStream out; // no channel, which an interrupt would close

        private Writer(OutputStream out) {
            this.out = out;
        }

        void add(String what, NodeJob job) {
            String line = System.currentTimeMillis() + " " + what + " " + job.id() + "\n";
            try {
                out.write(line.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    List<Entry> entries(String what) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.split(" "))
                    .filter(parts -> parts.length == 3 && parts[1].equals(what)) // the last may be half written
                    .map(parts -> new Entry(this, Long.parseLong(parts[0]), what, Long.parseLong(parts[2])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String path() {
        return file.toString();
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
