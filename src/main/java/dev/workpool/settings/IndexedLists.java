package dev.workpool.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns lists that are given by index, such as {@code context-propagators.0 = mdc}, into lists. System properties,
 * environment variables and property files have no other. Such a list replaces another as a whole, as lists do.
 */
final class IndexedLists {
    private static final Pattern INDEX = Pattern.compile("[0-9]{1,9}");

    private IndexedLists() {}

    /**
     * The same settings, with lists.
     *
     * @param config a section
     * @param keys those of settings, none of which is a section itself
     */
    static Config toLists(Config config, Set<String> keys) {
        Config changed = config;
        for (String key : keys) {
            if (config.hasPath(key) && config.getValue(key) instanceof ConfigObject object && isList(object)) {
                List<Object> values = object.entrySet().stream()
                        .sorted(Comparator.comparing(entry -> Integer.valueOf(entry.getKey())))
                        .map(Map.Entry::getValue)
                        .map(ConfigValue::unwrapped)
                        .toList();
                changed = changed.withValue(
                        key, ConfigValueFactory.fromIterable(values).withOrigin(object.origin()));
            }
        }
        return changed;
    }

    private static boolean isList(ConfigObject object) {
        return !object.isEmpty()
                && object.keySet().stream().allMatch(key -> INDEX.matcher(key).matches());
    }
}
