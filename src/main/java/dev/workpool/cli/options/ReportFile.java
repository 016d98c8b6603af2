package dev.workpool.cli.options;

import dev.workpool.cli.job.Messages;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.NativePaths;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The file of a page. That it can be written is checked before anything is measured. */
public final class ReportFile {
    private final String name;
    private final Path path;

    /**
     * A file that is to be written.
     *
     * @throws UsageException if it cannot be, as far as that can be told
     */
    public ReportFile(String name) throws UsageException {
        this.name = name;
        this.path = check(name);
    }

    private static Path check(String name) throws UsageException {
        if (name.isEmpty()) {
            throw notAllowed(name, "an empty name");
        }
        if (name.equals("-")) {
            throw notAllowed(name, "standard output is for the table (a file is ./-)");
        }
        try {
            Path path = NativePaths.of(name);
            Path folder = path.toAbsolutePath().getParent();
            if (Files.isDirectory(path)) {
                throw notAllowed(name, "a folder");
            }
            if (folder == null || !Files.isDirectory(folder)) {
                throw notAllowed(name, "no such file or folder");
            }
            if (!Files.isWritable(Files.exists(path) ? path : folder)) {
                throw notAllowed(name, "no permission to write");
            }
            return path;
        } catch (InvalidPathException e) {
            throw notAllowed(name, Messages.why(e));
        }
    }

    private static UsageException notAllowed(String name, String why) {
        return new UsageException("--report '" + name + "': " + why + "; allowed: " + Allowed.PAGE);
    }

    public String name() {
        return name;
    }

    public void write(String page) throws IOException {
        Files.writeString(path, page, StandardCharsets.UTF_8);
    }
}
