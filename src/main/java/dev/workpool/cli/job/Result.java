package dev.workpool.cli.job;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Sink;
import java.io.IOException;
import java.util.OptionalInt;

/** What a job has to report. Each operation has its own, which knows how it looks in each format. */
public interface Result extends AutoCloseable {

    /** Writes what text format shows of a job that succeeded. */
    void writeText(String input, Sink out) throws IOException;

    /** Writes what text format shows of a job that failed, besides its message. */
    default void writeFailedText(Sink out) throws IOException {}

    /** Writes this result's fields into the job's JSON object, which is open. */
    void writeFields(JsonGenerator json) throws IOException;

    /** The status that a process exited with, if the job was one. */
    default OptionalInt exitStatus() {
        return OptionalInt.empty();
    }

    /** Writes what belongs on standard error in any format. */
    default void writeErrors(Console console) throws IOException {}

    /** Lets go of what the result holds; called once it was written, or is not wanted. */
    @Override
    default void close() {}
}
