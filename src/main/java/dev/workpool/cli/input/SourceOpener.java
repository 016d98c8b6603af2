package dev.workpool.cli.input;

import dev.workpool.cli.job.Messages;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.NativePaths;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Opens the sources that the command line names, and makes one of them. */
public final class SourceOpener {
    private final InputStream in;
    private final boolean nulTerminated;

    /**
     * An opener.
     *
     * @param in standard input
     * @param nulTerminated whether entries of lists end with a NUL byte
     */
    public SourceOpener(InputStream in, boolean nulTerminated) {
        this.in = in;
        this.nulTerminated = nulTerminated;
    }

    /**
     * Opens sources.
     *
     * @param separator what is between two columns of an input; null if there are none
     * @throws UsageException if there is no such list
     */
    public InputSource open(List<NamedSource> named, Pattern separator) throws UsageException, IOException {
        if (named.size() == 1) {
            return new NumberedSource(readOnce(named.get(0)), separator);
        }
        List<InputSource> first = new ArrayList<>();
        List<List<RepeatableSource>> others = new ArrayList<>();
        InputSource source = new CombinedSource(first, others);
        try {
            for (NamedSource one : named) {
                if (first.isEmpty() || (one.linked() && others.isEmpty())) {
                    first.add(readOnce(one));
                    continue;
                }
                if (!one.linked()) {
                    others.add(new ArrayList<>());
                }
                others.get(others.size() - 1).add(repeatable(one));
            }
            return new NumberedSource(source, separator);
        } catch (UsageException e) {
            source.close();
            throw e;
        }
    }

    private InputSource readOnce(NamedSource named) throws UsageException {
        return named.list() == null
                ? new ArgumentSource(named.arguments())
                : new ListSource(openList(named.list()), nulTerminated);
    }

    private RepeatableSource repeatable(NamedSource named) throws UsageException {
        return named.list() == null
                ? new ArgumentSource(named.arguments())
                : new SpooledSource(openList(named.list()), nulTerminated);
    }

    private InputStream openList(String list) throws UsageException {
        try {
            return NamedSource.STANDARD_INPUT.equals(list) ? in : openFile(list);
        } catch (IOException | InvalidPathException e) {
            throw notAllowed(list, Messages.why(e));
        }
    }

    private static InputStream openFile(String list) throws IOException, UsageException {
        Path path = NativePaths.of(list);
        if (Files.isDirectory(path)) {
            throw notAllowed(list, "a folder");
        }
        return Files.newInputStream(path);
    }

    private static UsageException notAllowed(String list, String why) {
        return new UsageException("--input '" + list + "': " + why + "; allowed: " + Allowed.after("--input"));
    }
}
