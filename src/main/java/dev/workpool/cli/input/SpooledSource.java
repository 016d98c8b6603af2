package dev.workpool.cli.input;

import dev.workpool.cli.console.Spool;
import dev.workpool.cli.job.Input;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Inputs from a list that is kept as it is read the first time, since it may be a pipe or change later: a little of it in memory, more in
 * a temporary file.
 */
final class SpooledSource implements RepeatableSource {
    private final boolean nulTerminated;
    private final Spool spool = new Spool(new Spool.Budget(Spool.IN_MEMORY));
    private ListSource list;

    SpooledSource(InputStream in, boolean nulTerminated) {
        this.nulTerminated = nulTerminated;
        this.list = new ListSource(new Recorder(in), nulTerminated);
    }

    @Override
    public Input next() throws IOException {
        return list.next();
    }

    @Override
    public void restart() throws IOException {
        list.close();
        list = new ListSource(new Unclosed(spool.content()), nulTerminated);
    }

    @Override
    public void close() throws IOException {
        try {
            list.close();
        } finally {
            spool.close();
        }
    }

    /** Passes on what is read, and keeps it. */
    private final class Recorder extends FilterInputStream {
        Recorder(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int n = in.read(to, from, length);
            if (n > 0) {
                spool.write(from == 0 ? to : Arrays.copyOfRange(to, from, from + n), n);
            }
            return n;
        }
    }

    /** What is closed with the spool. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
