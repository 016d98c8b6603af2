package dev.workpool.cli.job;

import dev.workpool.cli.text.Names;
import java.nio.file.Path;

/**
 * One input of a run.
 *
 * @param name what the user calls it, as {@link Names} makes strings of bytes
 * @param path the file of that name where walking a folder found it; null for other inputs
 * @param problem why it cannot be used; null if nothing is known against it
 * @param occurrence 1 for the first of several inputs of that name, 2 for the next; counted for a job log only
 */
public record Input(String name, Path path, String problem, int occurrence) {

    public static Input of(String name) {
        return new Input(name, null, null, 1);
    }

    public static Input file(String name, Path path) {
        return new Input(name, path, null, 1);
    }

    public static Input unusable(String name, String problem) {
        return new Input(name, null, problem, 1);
    }

    public Input withOccurrence(int number) {
        return new Input(name, path, problem, number);
    }
}
