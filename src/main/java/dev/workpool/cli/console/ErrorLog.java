package dev.workpool.cli.console;

import java.io.PrintStream;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Where Akka and the pool log to: warnings and errors go to standard error. A provider of slf4j's that is there at once, whereas one that
 * reads a configuration takes a tenth of a second of a run that may take no longer itself. Thread-safe.
 */
public final class ErrorLog implements SLF4JServiceProvider {
    /** By this system property slf4j learns of a provider. */
    private static final String PROVIDER = "slf4j.provider";

    /** How much slf4j tells of itself: how it found the provider is nobody's business. */
    private static final String VERBOSITY = "slf4j.internal.verbosity";

    /** Warns of connections that are cut when a store is closed. When one is away, the store says so itself. */
    private static final String CONNECTIONS = "com.zaxxer.hikari.";

    /** Shows how its native library was searched for. Why it was not found, the store says. */
    private static final String LIBRARY_LOADER = "org.sqlite.SQLiteJDBCLoader";

    /** Whose messages are for users, who need not know which class has written them. */
    private static final String OURS = "dev.workpool.";

    private static final String API_VERSION = "2.0.99";

    private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /** Has everything logged here, unless the user has named another provider. Comes before anybody asks for a logger. */
    public static void install() {
        if (System.getProperty(PROVIDER) == null) {
            System.setProperty(PROVIDER, ErrorLog.class.getName());
            System.setProperty(VERBOSITY, "WARN");
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, ErrorLogger::new);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }

    @Override
    public void initialize() {}

    /** Writes each event in one piece, and an error's stack trace below. */
    private static final class ErrorLogger extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;

        private final boolean isOfConnections;
        private final boolean isOfLoader;

        ErrorLogger(String name) {
            this.name = name;
            this.isOfConnections = name.startsWith(CONNECTIONS);
            this.isOfLoader = name.equals(LIBRARY_LOADER);
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return !isOfConnections && !isOfLoader;
        }

        @Override
        public boolean isErrorEnabled() {
            return !isOfLoader;
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable error) {
            PrintStream err = System.err;
            synchronized (err) {
                err.println("workpool: " + level + (name.startsWith(OURS) ? "" : " " + name) + ": "
                        + MessageFormatter.basicArrayFormat(message, arguments));
                if (error != null) {
                    error.printStackTrace(err);
                }
                err.flush();
            }
        }
    }
}
