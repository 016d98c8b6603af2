package dev.workpool.cli.operation;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Tells words that are the names of programs. */
final class Programs {
    private Programs() {}

    /** Whether a name without a folder is that of a program in the folders of {@code PATH}. */
    static boolean isOne(Path name) {
        String path = System.getenv("PATH");
        return path != null
                && name.getParent() == null
                && Stream.of(path.split(File.pathSeparator))
                        .anyMatch(folder -> !folder.isEmpty() && isProgram(folder, name));
    }

    private static boolean isProgram(String folder, Path name) {
        try {
            Path program = Path.of(folder).resolve(name);
            return Files.isRegularFile(program) && Files.isExecutable(program);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
