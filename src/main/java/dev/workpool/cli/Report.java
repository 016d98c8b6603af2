package dev.workpool.cli;

import java.io.IOException;

/** Shows how jobs ended, one after another. Used by one thread. */
interface Report {
    void show(Ending ending) throws IOException;
}
