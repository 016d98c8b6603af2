package dev.workpool.cli.input;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.operation.Sha256Operation;
import dev.workpool.cli.text.NativePaths;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Files, where another source names files and folders. Folders are walked, each in the order of its names' bytes.
 *
 * <p>What the user names may be a link. Of the links in a folder, those to files are followed and those to folders are
 * not, so that no file comes twice by a circle; a dangling one is an input that cannot be used, and so is a folder that
 * cannot be read. In a folder, what is no file (a pipe, a socket, a device) is left out with a word about it: opening it
 * might block for ever.
 */
public final class FileSource implements InputSource {
    private final InputSource named;
    private final Console console;
    private final Deque<Folder> folders = new ArrayDeque<>();
    private volatile boolean walks;

    private record Folder(String prefix, Iterator<Path> entries) {}

    public FileSource(InputSource named, Console console) {
        this.named = named;
        this.console = console;
    }

    @Override
    public Input next() throws IOException {
        while (true) {
            Folder folder = folders.peek();
            Input input = null;
            if (folder == null) {
                Input name = named.next();
                if (name == null) {
                    return null;
                }
                input = name(name);
            } else if (folder.entries().hasNext()) {
                input = entry(folder.prefix(), folder.entries().next());
            } else {
                folders.pop();
            }
            if (input != null) {
                return input;
            }
        }
    }

    private Input name(Input input) {
        if (input.problem() != null || input.name().equals(Sha256Operation.STANDARD_INPUT)) {
            return input;
        }
        if (input.name().isEmpty()) {
            return Input.unusable("", "an empty name");
        }
        try {
            Path path = NativePaths.of(input.name());
            return Files.isDirectory(path) ? enter(input.name(), path) : Input.file(input.name(), path);
        } catch (InvalidPathException e) {
            return Input.unusable(input.name(), Messages.why(e));
        }
    }

    /** The input that an entry of a folder is; null if it is none, or a folder, which is entered. */
    private Input entry(String prefix, Path path) {
        String name = prefix + NativePaths.lastName(path);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                return enter(name, path);
            }
            if (attributes.isSymbolicLink()) {
                attributes = Files.readAttributes(path, BasicFileAttributes.class);
                if (attributes.isDirectory()) {
                    return null;
                }
            }
            if (attributes.isRegularFile()) {
                return Input.file(name, path);
            }
            console.say(name + ": left out: neither a file nor a folder");
            return null;
        } catch (IOException e) {
            return Input.unusable(name, Messages.why(e));
        }
    }

    /** Puts a folder on the stack; the input that cannot be used if that fails. */
    private Input enter(String name, Path path) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            return Input.unusable(name, Messages.why(e));
        } catch (DirectoryIteratorException e) {
            return Input.unusable(name, Messages.why(e.getCause()));
        }
        Collections.sort(entries);
        walks = true;
        folders.push(new Folder(name.endsWith("/") ? name : name + "/", entries.iterator()));
        return null;
    }

    /** As many as there are names, until a folder turns up. */
    @Override
    public long total() {
        return walks ? -1 : named.total();
    }

    @Override
    public void close() throws IOException {
        named.close();
    }
}
