package dev.workpool.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

class MessagesTest {

    /** Java's messages mostly consist of the name of the file, which stands before them. */
    @Test
    void whatIsWrongWithAFileIsSaidInWords() {
        assertThat(Messages.why(new NoSuchFileException("x"))).isEqualTo("no such file or folder");
        assertThat(Messages.why(new AccessDeniedException("x"))).isEqualTo("permission denied");
        assertThat(Messages.why(new NotDirectoryException("x"))).isEqualTo("not a folder");
        assertThat(Messages.why(new FileSystemLoopException("x"))).isEqualTo("links in a circle");
        assertThat(Messages.why(new FileSystemException("x", null, "Too many open files")))
                .isEqualTo("Too many open files");
        assertThat(Messages.why(new FileSystemException("x")))
                .contains("FileSystemException")
                .contains("x");
        assertThat(Messages.why(new InvalidPathException("x", "Nul character not allowed")))
                .isEqualTo("no name of a file: Nul character not allowed");
    }

    @Test
    void whatIsWrongWithAConnectionIsSaidInWords() {
        assertThat(Messages.why(new UnknownHostException("x"))).isEqualTo("unknown host");
        ConnectException unresolved = new ConnectException();
        unresolved.initCause(new UnresolvedAddressException());
        assertThat(Messages.why(unresolved)).isEqualTo("unknown host");
        assertThat(Messages.why(new ConnectException())).isEqualTo("connection refused");
        assertThat(Messages.why(new ConnectException("timed out"))).isEqualTo("timed out");
    }

    @Test
    void theCauseCountsAndNotWhatItIsWrappedIn() {
        assertThat(Messages.why(new CompletionException(new NoSuchFileException("x"))))
                .isEqualTo("no such file or folder");
    }

    @Test
    void plainErrorsSayWhatTheySayAndOthersWhatTheyAreAsWell() {
        assertThat(Messages.why(new IOException("disk on fire"))).isEqualTo("disk on fire");
        assertThat(Messages.why(new IOException())).isEqualTo("java.io.IOException");
        assertThat(Messages.why(new IllegalArgumentException("no"))).isEqualTo("no");
        assertThat(Messages.why(new TimeoutException("took 3 s"))).isEqualTo("took 3 s");
        assertThat(Messages.why(new IllegalStateException("odd"))).isEqualTo("java.lang.IllegalStateException: odd");
        assertThat(Messages.why(new RejectedExecutionException("it is closed")))
                .isEqualTo("not accepted by the pool: it is closed");
    }
}
