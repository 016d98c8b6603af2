package dev.workpool.durable.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Finds out whether a store's file, its folder and the files beside it can be written before anything is: SQLite would tell
 * so with the first transaction, and for some of them as if another process was in the way.
 */
final class WriteAccess {
    private WriteAccess() {}

    /**
     * Refuses a store that this process cannot write as a whole.
     *
     * @param file as it is named, which has the library's files beside it
     * @param real the file that links lead to, which has SQLite's beside it
     * @throws IllegalArgumentException names what cannot be written, and why
     */
    static void check(Path file, Path real) throws IOException {
        Path unwritable = Stream.concat(
                        Stream.of(
                                file.getParent(),
                                real.getParent(),
                                file,
                                StoreFile.beside(real, "-wal"),
                                StoreFile.beside(real, "-shm")),
                        Stream.of(
                                StoreFile.beside(file, ".lock"),
                                StoreFile.beside(file, ".writer"),
                                StoreFile.beside(file, ".processes")))
                .filter(each -> Files.exists(each) && !Files.isWritable(each))
                .findFirst()
                .orElse(null);
        if (unwritable != null) {
            throw new IllegalArgumentException("the job store " + file + " cannot be opened: "
                    + (Files.getFileStore(unwritable).isReadOnly()
                            ? "the file system of " + unwritable + " is mounted read-only"
                            : "this user may not write " + unwritable)
                    + StoreFile.WHAT_TO_WRITE);
        }
    }
}
