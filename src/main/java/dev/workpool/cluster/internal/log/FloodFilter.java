package dev.workpool.cluster.internal.log;

import akka.actor.ActorSystem;
import akka.event.EventStream;
import akka.event.LogMarker;
import akka.event.slf4j.Slf4jLoggingFilter;
import java.util.stream.Stream;

/**
 * Lets Akka log what it cannot read of its port no more often than {@link Unreadables} allows. Asked before an event is made, since a single
 * connection can cause hundreds of thousands in a second. Made by Akka; thread-safe.
 */
public final class FloodFilter extends Slf4jLoggingFilter {
    private static final String ARTERY = "akka.remote.artery.";

    /** What looks at a message before anybody knows whether a node has sent it. */
    private static final String[] READERS = {
        "Decoder", "Deserializer", "InboundHandshake", "MessageDispatcher", "compress."
    };

    /** For Akka. */
    public FloodFilter(ActorSystem.Settings settings, EventStream events) {
        super(settings, events);
    }

    private static boolean isReader(Class<?> source) {
        String name = source.getName();
        return name.startsWith(ARTERY)
                && Stream.of(READERS).anyMatch(reader -> name.startsWith(reader, ARTERY.length()));
    }

    private static boolean mayWrite(Class<?> source) {
        return !isReader(source) || Unreadables.ALL.mayWrite();
    }

    @Override
    public boolean isErrorEnabled(Class<?> source, String name) {
        return super.isErrorEnabled(source, name) && mayWrite(source);
    }

    @Override
    public boolean isErrorEnabled(Class<?> source, String name, LogMarker marker) {
        return super.isErrorEnabled(source, name, marker) && mayWrite(source);
    }

    @Override
    public boolean isWarningEnabled(Class<?> source, String name) {
        return super.isWarningEnabled(source, name) && mayWrite(source);
    }

    @Override
    public boolean isWarningEnabled(Class<?> source, String name, LogMarker marker) {
        return super.isWarningEnabled(source, name, marker) && mayWrite(source);
    }
}
