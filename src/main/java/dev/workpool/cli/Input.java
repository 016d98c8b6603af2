package dev.workpool.cli;

import java.nio.file.Path;

/**
 * One input of a run.
 *
 * @param name what the user calls it, as {@link Names} makes strings of bytes
 * @param path the file of that name where walking a folder found it; null for other inputs
 * @param problem why it cannot be used; null if nothing is known against it
 */
record Input(String name, Path path, String problem) {

    static Input of(String name) {
        return new Input(name, null, null);
    }

    static Input file(String name, Path path) {
        return new Input(name, path, null);
    }

    static Input unusable(String name, String problem) {
        return new Input(name, null, problem);
    }
}
