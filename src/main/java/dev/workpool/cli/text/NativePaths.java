package dev.workpool.cli.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths of names and names of paths, byte for byte.
 *
 * <p>The JVM converts between names and strings in the locale's character set, and replaces what does not fit: in the C
 * locale every byte above 127 is lost. But a path that a folder's listing gave keeps its bytes, which its URI shows, and a
 * path made of a URI has exactly the URI's bytes.
 */
public final class NativePaths {
    private static final boolean POSIX = "/".equals(FileSystems.getDefault().getSeparator());
    private static final Path WORKING_DIRECTORY = Path.of("/proc/self/cwd");

    /** A JVM that cannot decode its working directory resolves relative paths against another, which is not there. */
    private static final boolean LOST =
            POSIX && !Names.isAscii(System.getProperty("user.dir", "")) && Files.exists(WORKING_DIRECTORY);

    private NativePaths() {}

    /**
     * The path with exactly the bytes of a name.
     *
     * @throws InvalidPathException if there can be no such file
     */
    public static Path of(String name) {
        Path path = POSIX && !Names.isAscii(name) ? pathOfBytes(name) : Path.of(name);
        return LOST && !path.isAbsolute() ? WORKING_DIRECTORY.resolve(path) : path;
    }

    private static Path pathOfBytes(String name) {
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : Names.encode(name)) {
            if (b == 0) {
                throw new InvalidPathException(name, "Nul character not allowed");
            }
            uri.append(b == '/' ? "/" : "%%%02X".formatted(b & 0xFF));
        }
        Path absolute = Path.of(URI.create(uri.toString()));
        return name.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    /** The name of a file in its folder, from a path that a folder's listing gave. */
    public static String lastName(Path path) {
        String name = path.getFileName().toString();
        if (!POSIX || Names.isAscii(name)) {
            return name;
        }
        String uri = path.toUri().getRawPath();
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        return decode(uri, uri.lastIndexOf('/', end - 1) + 1, end);
    }

    /**
     * The name by which a process that was started in another folder finds a file.
     *
     * @throws IOException if this one's folder is gone
     */
    public static String absolute(String name) throws IOException {
        if (!POSIX) {
            return Path.of(name).toAbsolutePath().toString();
        }
        if (name.startsWith("/")) {
            return name;
        }
        Path folder = LOST ? WORKING_DIRECTORY.toRealPath() : Path.of("").toAbsolutePath();
        String uri = folder.toUri().getRawPath();
        String prefix = decode(uri, 0, uri.length());
        return prefix.endsWith("/") ? prefix + name : prefix + "/" + name;
    }

    /** The name in a part of a URI. */
    private static String decode(String uri, int from, int end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = from; i < end; i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return Names.decode(bytes.toByteArray(), 0, bytes.size());
    }
}
