package dev.workpool.support;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a logger is given while this is open, instead of where it would go. Several threads may be in it at a time. */
public final class CapturedLog extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Runnable onEach;

    private CapturedLog(String name, Runnable onEach) {
        this.onEach = onEach;
        this.logger = (Logger) LoggerFactory.getLogger(name);
        start();
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    public static CapturedLog of(String logger) {
        return of(logger, () -> {});
    }

    /** One whose appender runs something for each event, which may block. */
    public static CapturedLog of(String logger, Runnable onEach) {
        return new CapturedLog(logger, onEach);
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        events.add(event);
        onEach.run();
    }

    public List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** Messages of the errors that were logged; null for an event without one. */
    public List<String> errors() {
        return events.stream()
                .map(ILoggingEvent::getThrowableProxy)
                .map(error -> error == null ? null : error.getMessage())
                .toList();
    }

    /** Names of the threads that logged. */
    public List<String> threads() {
        return events.stream().map(ILoggingEvent::getThreadName).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        stop();
    }
}
