package dev.workpool.cli.input;

import java.io.IOException;

/** A source that can be read again from its beginning, as those have to be whose inputs are combined with others'. */
interface RepeatableSource extends InputSource {

    /** Goes back to the beginning. Comes after the end. */
    void restart() throws IOException;
}
