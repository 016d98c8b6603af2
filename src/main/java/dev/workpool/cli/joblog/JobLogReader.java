package dev.workpool.cli.joblog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a job log. Only what ends with a newline was written to its end: what comes after the last newline is the beginning
 * of a line that a process was writing when it was killed, and is none.
 */
public final class JobLogReader {
    private static final byte[] HEADER = (JobLine.HEADER + "\n").getBytes(StandardCharsets.UTF_8);

    /** Gets the lines of a log in their order, and may object to one. */
    public interface LineConsumer {
        void accept(JobLine line) throws IOException;

        /** A line is damaged, and says nothing of any job. */
        default void damaged(long number) throws IOException {
            throw new IOException("line " + number + " is not one of a job log");
        }
    }

    private JobLogReader() {}

    /**
     * Reads a log from its beginning to its end.
     *
     * @return how many bytes of it are whole lines; 0 if not even the header is
     * @throws IOException if it cannot be read, or is no job log
     */
    public static long read(InputStream in, LineConsumer lines) throws IOException {
        byte[] header = in.readNBytes(HEADER.length);
        if (!Arrays.equals(header, 0, header.length, HEADER, 0, header.length)) {
            throw new IOException("not a job log, whose first line names its columns: start, seconds, attempts, …");
        }
        if (header.length < HEADER.length) {
            return 0;
        }
        long whole = HEADER.length;
        long number = 1;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            int from = 0;
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, from, i - from);
                    take(line, ++number, lines);
                    whole += line.size() + 1;
                    line.reset();
                    from = i + 1;
                }
            }
            line.write(buffer, from, n - from);
        }
        return whole;
    }

    private static void take(ByteArrayOutputStream text, long number, LineConsumer lines) throws IOException {
        JobLine line;
        try {
            line = JobLine.parse(text.toString(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            lines.damaged(number);
            return;
        }
        lines.accept(line);
    }
}
