package dev.workpool.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.Logger;

@ResourceLock(Resources.SYSTEM_ERR)
class ErrorLogTest {
    private final Logger log = new ErrorLog().getLoggerFactory().getLogger("some.Name");

    @Test
    void warningsAndErrorsGoToStandardError() {
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            log.info("no");
            log.debug("no {}", 1);
            log.warn("a {} and {}", 1, "two");
            new ErrorLog()
                    .getLoggerFactory()
                    .getLogger(ErrorLog.class.getName())
                    .warn("ours");
            log.error("it broke", new IllegalStateException("why"));
        } finally {
            System.setErr(err);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith(
                        "workpool: WARN some.Name: a 1 and two\nworkpool: WARN: ours\nworkpool: ERROR some.Name: it broke\n"
                                + "java.lang.IllegalStateException: why\n\tat ");
    }

    @Test
    void warningsOfTheConnectionsOfAStoreAreLeftToTheStore() {
        Logger connections = new ErrorLog().getLoggerFactory().getLogger("com.zaxxer.hikari.pool.ProxyConnection");
        assertThat(connections.isWarnEnabled()).isFalse();
        assertThat(connections.isErrorEnabled()).isTrue();
    }

    @Test
    void whereTheLibraryOfSqliteWasSearchedForIsNotSaid() {
        Logger loader = new ErrorLog().getLoggerFactory().getLogger("org.sqlite.SQLiteJDBCLoader");
        assertThat(loader.isErrorEnabled()).isFalse();
    }

    @Test
    void onlyTheseAreOn() {
        assertThat(log.isInfoEnabled()).isFalse();
        assertThat(log.isDebugEnabled()).isFalse();
        assertThat(log.isTraceEnabled()).isFalse();
        assertThat(log.isWarnEnabled()).isTrue();
        assertThat(log.isErrorEnabled()).isTrue();
    }
}
