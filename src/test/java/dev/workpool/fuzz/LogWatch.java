package dev.workpool.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/**
 * Takes the place of the log while users do what is logged a thousand times, and looks in it for faults of the library's own: what was thrown in a
 * class of the library's, and cannot be meant.
 */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final List<String> LOGGERS = List.of("dev.workpool.internal", "akka");

    private static final List<String> FAULTS = List.of(
            NullPointerException.class.getName(),
            ClassCastException.class.getName(),
            IndexOutOfBoundsException.class.getName(),
            ArrayIndexOutOfBoundsException.class.getName(),
            NegativeArraySizeException.class.getName(),
            AssertionError.class.getName());

    private final Map<String, String> faults = new TreeMap<>();

    private LogWatch() {}

    static LogWatch open() {
        LogWatch watch = new LogWatch();
        watch.start();
        for (String name : LOGGERS) {
            logger(name).setAdditive(false);
            logger(name).addAppender(watch);
        }
        return watch;
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @Override
    protected void append(ILoggingEvent event) { // by one thread at a time, see AppenderBase
        IThrowableProxy thrown = event.getThrowableProxy();
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)
                && thrown != null
                && FAULTS.contains(thrown.getClassName())
                && thrown.getStackTraceElementProxyArray().length > 0) {
            StackTraceElement top = thrown.getStackTraceElementProxyArray()[0].getStackTraceElement();
            if (top.getClassName().startsWith("dev.workpool.")
                    && !top.getClassName().startsWith("dev.workpool.fuzz.")) {
                faults.putIfAbsent(thrown.getClassName() + " at " + top, event.getFormattedMessage());
            }
        }
    }

    /** One of each kind, by where it was thrown. */
    synchronized Map<String, String> faults() {
        return new TreeMap<>(faults);
    }

    @Override
    public void close() {
        for (String name : LOGGERS) {
            logger(name).detachAppender(this);
            logger(name).setAdditive(true);
        }
        stop();
    }
}
