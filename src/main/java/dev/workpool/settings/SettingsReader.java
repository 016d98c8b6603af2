package dev.workpool.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads the settings of one pool, queue or pool of a cluster from HOCON. Errors name key, value and allowed range. Immutable. */
final class SettingsReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+([.][0-9]*)?");
    private static final Pattern ZERO = Pattern.compile("[+-]?0+([.]0*)?");
    private static final String OFF = "off";

    private final Place place;
    private final String name;

    /** What is set for this one alone, in its section or in code. */
    private final Config own;

    /** What holds for all. */
    private final Config defaults;

    private final Config config;

    /** Settings that were given as objects, which go before those of the same name in the configuration. */
    private final Map<String, Object> objects;

    private SettingsReader(Place place, String name, Config own, Config defaults, Map<String, Object> objects) {
        this.place = place;
        this.name = name;
        this.own = own;
        this.defaults = defaults;
        this.config = own.withFallback(defaults);
        this.objects = objects;
    }

    /**
     * Where settings are in a configuration.
     *
     * @param root the section of what holds for all
     * @param all the section in it that has a section for each
     * @param others sections in it that are no settings
     * @param kind what they are settings of, for messages
     */
    record Place(String root, String all, Set<String> others, String kind) {
        static final Place POOLS =
                new Place("workpool", "pools", Set.of("dispatchers", "durable", "cluster"), "a pool");
        static final Place QUEUES = new Place("workpool.durable", "queues", Set.of(), "a queue");
        static final Place CLUSTER = new Place("workpool.cluster", "pools", Set.of(), "a pool");

        String of(String name) {
            return root + "." + all + "." + name;
        }
    }

    /**
     * A reader of the settings of one, such as {@code workpool.pools.<name>}, on top of those for all.
     *
     * @param place where they are
     * @param root a whole configuration
     * @param name the pool's or queue's
     * @param keys all that there are
     * @return reads what is there
     * @throws IllegalArgumentException if the name or a key is not allowed
     */
    static SettingsReader of(Place place, Config root, String name, Set<String> keys) {
        Objects.requireNonNull(name, () -> "name of " + place.kind());
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name of " + place.kind() + " = '" + name
                    + "'; allowed: 1 to 100 letters, digits, '-', '_' and '.', the first a letter or digit");
        }
        Config all = section(root, place.root());
        Config defaults = all.withoutPath(place.all());
        for (String path : place.others()) {
            defaults = defaults.withoutPath(path);
        }
        defaults = IndexedLists.toLists(defaults, keys);
        checkKeys(place.root(), defaults, place, keys);
        String path = place.all() + ".\"" + name + "\"";
        section(root, place.root() + "." + place.all()); // for the message, if it is something else
        Config own = all.hasPath(path) ? section(root, place.root() + "." + path) : ConfigFactory.empty();
        own = IndexedLists.toLists(own, keys);
        checkKeys(place.of(name), own, place, keys);
        OtherSections.check(place, all, name, keys);
        return new SettingsReader(place, name, own, defaults, Map.of());
    }

    private static Config section(Config config, String path) {
        try {
            return config.getConfig(path);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(
                    path + " = " + config.getValue(path).unwrapped() + "; allowed: a section, " + path + " { … }", e);
        }
    }

    private static void checkKeys(String where, Config config, Place place, Set<String> keys) {
        UnknownKeys.first(where, config, place, keys).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
    }

    String name() {
        return name;
    }

    SettingsReader with(String key, Object value) {
        Objects.requireNonNull(value, key);
        Object plain = value instanceof Duration duration ? text(duration) : value;
        return new SettingsReader(
                place, name, own.withValue(key, ConfigValueFactory.fromAnyRef(plain)), defaults, objects);
    }

    SettingsReader withObject(String key, Object value) {
        Map<String, Object> changed = new HashMap<>(objects);
        changed.put(key, Objects.requireNonNull(value, key));
        return new SettingsReader(place, name, own, defaults, Map.copyOf(changed));
    }

    <T> Optional<T> object(String key, Class<T> type) {
        return Optional.ofNullable(type.cast(objects.get(key)));
    }

    /** In nanoseconds, unless there are more of them than a long can count. */
    private static String text(Duration duration) {
        long seconds = duration.toSeconds();
        boolean countable = seconds > -9_000_000_000L && seconds < 9_000_000_000L;
        return countable ? duration.toNanos() + "ns" : seconds + "s";
    }

    String string(String key, String allowed) {
        return read(key, allowed, config::getString, text -> true);
    }

    int integer(String key, int min, int max, String allowed) {
        double value = decimal(key, min, max, allowed); // as an integer, its fraction would be cut off
        if (value != Math.rint(value)) {
            throw notAllowed(key, allowed, null);
        }
        return (int) value;
    }

    /** Empty if the value is {@code off}. */
    OptionalInt optionalInteger(String key, int min, int max, String allowed) {
        return isOff(key) ? OptionalInt.empty() : OptionalInt.of(integer(key, min, max, "off, or " + allowed));
    }

    /** A constant of an enum, in lower case and with hyphens. */
    <E extends Enum<E>> E choice(String key, Class<E> type) {
        Map<String, E> choices = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            choices.put(word(constant), constant);
        }
        String allowed = String.join(", ", choices.keySet());
        return choices.get(read(key, allowed, config::getString, choices::containsKey));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    double decimal(String key, double min, double max, String allowed) {
        return read(key, allowed, config::getDouble, value -> value >= min && value <= max);
    }

    /** Empty if the value is {@code off}. */
    Optional<Double> optionalDecimal(String key, double min, double max, String allowed) {
        return isOff(key) ? Optional.empty() : Optional.of(decimal(key, min, max, "off, or " + allowed));
    }

    boolean bool(String key) {
        return read(key, "on, off", config::getBoolean, value -> true);
    }

    List<String> strings(String key, String allowed) {
        return read(key, allowed, config::getStringList, value -> true);
    }

    /** A number needs its unit: HOCON would take it for milliseconds, and its writer perhaps for seconds. */
    Duration duration(String key, Duration min, Duration max, String allowed) {
        String text = config.hasPath(key)
                ? String.valueOf(config.getValue(key).unwrapped()).strip()
                : "";
        if (NUMBER.matcher(text).matches() && !ZERO.matcher(text).matches()) {
            throw notAllowed(key, allowed + ", with its unit, as in " + text + "s or " + text + "ms", null);
        }
        return read(key, allowed, config::getDuration, value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
    }

    /** Empty if the value is {@code off}. */
    Optional<Duration> optionalDuration(String key, Duration min, Duration max, String allowed) {
        return isOff(key) ? Optional.empty() : Optional.of(duration(key, min, max, "off, or " + allowed));
    }

    private <T> T read(String key, String allowed, Function<String, T> reader, Predicate<T> isAllowed) {
        T value;
        try {
            value = reader.apply(key);
        } catch (ConfigException e) {
            throw notAllowed(key, allowed, e);
        }
        if (!isAllowed.test(value)) {
            throw notAllowed(key, allowed, null);
        }
        return value;
    }

    /** HOCON reads an unquoted off as a string, and as a boolean where one is asked for; both mean the same here. */
    boolean isOff(String key) {
        return config.hasPath(key)
                && OFF.equals(String.valueOf(config.getValue(key).unwrapped()));
    }

    IllegalArgumentException notAllowed(String key, String allowed, Throwable cause) {
        Object value = config.hasPath(key) ? config.getValue(key).unwrapped() : null;
        return new IllegalArgumentException(
                (isOwn(key) ? place.of(name) : place.root()) + "." + key + " = " + value + "; allowed: " + allowed,
                cause);
    }

    /** Whether its value is of this one alone, also one that says that there is none. */
    private boolean isOwn(String key) {
        return own.hasPathOrNull(key);
    }
}
