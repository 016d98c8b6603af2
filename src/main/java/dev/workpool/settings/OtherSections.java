package dev.workpool.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of what is configured for pools or queues of other names and cannot be meant as it is: unknown keys, and a
 * section whose name looks like a misspelt one. They are no errors of the one whose settings are read, so they only go
 * into the log, each once. Thread-safe.
 */
final class OtherSections {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPoolSettings.class);

    /** Shorter names are all near to each other. */
    private static final int SHORTEST_NAME = 4;

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private OtherSections() {}

    static void check(SettingsReader.Place place, Config all, String name, Set<String> keys) {
        if (!all.hasPath(place.all())) {
            return;
        }
        ConfigObject sections = all.getObject(place.all());
        for (Map.Entry<String, ConfigValue> section : sections.entrySet()) {
            if (!section.getKey().equals(name) && section.getValue() instanceof ConfigObject object) {
                Config config = IndexedLists.toLists(object.toConfig(), keys);
                UnknownKeys.first(place.of(section.getKey()), config, place, keys)
                        .ifPresent(OtherSections::warn);
            }
        }
        if (!sections.containsKey(name)) {
            misspelt(name, sections.keySet()).ifPresent(section -> {
                String where = sections.get(section).origin().description();
                warn(place.of(section) + " (" + where + ") is not for '" + name + "', which has no section of its own."
                        + " If it is meant to be, name it " + place.of(name) + ".");
            });
        }
    }

    /** A number in which names differ is no slip: {@code node-1} and {@code node-2} are two. */
    private static Optional<String> misspelt(String name, Set<String> sections) {
        return name.length() < SHORTEST_NAME
                ? Optional.empty()
                : UnknownKeys.nearest(name, sections)
                        .filter(section -> section.length() >= SHORTEST_NAME)
                        .filter(section -> !withoutDigits(section).equals(withoutDigits(name)));
    }

    private static String withoutDigits(String name) {
        return name.replaceAll("[0-9]", "");
    }

    private static void warn(String text) {
        if (WARNED.add(text)) {
            LOG.warn(text);
        }
    }
}
