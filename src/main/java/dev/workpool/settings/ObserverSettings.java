package dev.workpool.settings;

import dev.workpool.job.PoolObserver;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Keeps the observers that a pool's settings have been given. */
final class ObserverSettings {
    private static final String OBSERVERS = "observers";

    private ObserverSettings() {}

    /** A reader that has one more. */
    static SettingsReader with(SettingsReader reader, PoolObserver observer) {
        Objects.requireNonNull(observer, "observer");
        return reader.withObject(
                OBSERVERS,
                Stream.concat(of(reader).stream(), Stream.of(observer)).toList());
    }

    @SuppressWarnings("unchecked") // put in above
    static List<PoolObserver> of(SettingsReader reader) {
        return (List<PoolObserver>) reader.object(OBSERVERS, List.class).orElse(List.of());
    }
}
