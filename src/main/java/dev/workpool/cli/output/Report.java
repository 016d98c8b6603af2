package dev.workpool.cli.output;

import dev.workpool.cli.job.Ending;
import java.io.IOException;

/** Shows how jobs ended, one after another. Used by one thread. */
public interface Report {
    void show(Ending ending) throws IOException;
}
