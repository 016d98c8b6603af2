package dev.workpool.cli.job;

import dev.workpool.cluster.job.NodeLostException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/** What the user reads about an error: words, in one line. */
public final class Messages {
    private Messages() {}

    /** Why something failed. Does not repeat the name of the file, which Java's messages often consist of. */
    public static String why(Throwable error) {
        if (error instanceof CompletionException && error.getCause() != null) {
            return why(error.getCause());
        }
        if (error instanceof JobFailure || error instanceof TimeoutException || error instanceof NodeLostException) {
            return error.getMessage();
        }
        if (error instanceof FileSystemException e) {
            return why(e);
        }
        if (error instanceof InvalidPathException e) {
            return "no name of a file: " + e.getReason();
        }
        if (error instanceof UnknownHostException || error.getCause() instanceof UnresolvedAddressException) {
            return "unknown host";
        }
        if (error instanceof RejectedExecutionException) {
            return "not accepted by the pool: " + error.getMessage();
        }
        if (error instanceof ConnectException && error.getMessage() == null) {
            return "connection refused";
        }
        String message = error.getMessage();
        boolean plain = error instanceof IOException || error instanceof IllegalArgumentException;
        return plain && message != null ? message : error.toString();
    }

    private static String why(FileSystemException error) {
        if (error instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (error instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (error instanceof NotDirectoryException) {
            return "not a folder";
        }
        if (error instanceof FileSystemLoopException) {
            return "links in a circle";
        }
        return error.getReason() != null ? error.getReason() : error.toString();
    }
}
