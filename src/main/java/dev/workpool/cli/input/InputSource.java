package dev.workpool.cli.input;

import dev.workpool.cli.job.Input;
import java.io.IOException;

/** Where the inputs of a run come from, one by one as they are needed. Used by one thread; may block. */
public interface InputSource extends AutoCloseable {

    /**
     * Reads the next input.
     *
     * @return null at the end
     * @throws IOException if the source itself cannot be read, as opposed to what an input names
     */
    Input next() throws IOException;

    /** How many inputs there will be, if that is known before they are read; −1 if it is not. */
    default long total() {
        return -1;
    }

    /** How many inputs have been left out so far because their jobs are done. Any thread may ask. */
    default long skipped() {
        return 0;
    }

    @Override
    default void close() throws IOException {}
}
