package dev.workpool.cli;

import dev.workpool.cli.text.Names;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of this process with all their bytes, of which the JVM loses those that are not in the locale's character
 * set. {@code /proc/self/cmdline} has them as they were given; where there is none, they are what the JVM makes of them.
 */
public final class Arguments {
    private Arguments() {}

    /** The arguments of this process, with the bytes that the JVM lost when it decoded them. */
    static String[] recover(String[] decoded) {
        if (Names.isAscii(String.join("", decoded))) {
            return decoded;
        }
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc/self/cmdline"));
            return matching(line, decoded, Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        } catch (IOException | IllegalArgumentException e) {
            return decoded;
        }
    }

    /** The last arguments of a NUL-terminated list, if they are the ones that the JVM decoded. */
    static String[] matching(byte[] line, String[] decoded, Charset charset) {
        List<String> raw = new ArrayList<>();
        List<String> lossy = new ArrayList<>();
        for (int from = 0, i = 0; i < line.length; i++) {
            if (line[i] == 0) {
                raw.add(Names.decode(line, from, i));
                lossy.add(new String(line, from, i - from, charset));
                from = i + 1;
            }
        }
        int first = raw.size() - decoded.length;
        boolean same = first >= 0 && lossy.subList(first, lossy.size()).equals(List.of(decoded));
        return same ? raw.subList(first, raw.size()).toArray(String[]::new) : decoded;
    }
}
