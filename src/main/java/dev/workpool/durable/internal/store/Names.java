package dev.workpool.durable.internal.store;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the tables: in a schema, with a prefix. In statements a table stands as <code>{table}</code>, and the
 * database's time as <code>{now}</code>.
 */
public final class Names {
    private static final Pattern ALLOWED = Pattern.compile("[a-z_][a-z0-9_]{0,30}");
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)\\}");

    private final Dialect dialect;
    private final Optional<String> schema;
    private final String prefix;

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if one is not allowed
     */
    public Names(Dialect dialect, Optional<String> schema, String prefix) {
        this.dialect = dialect;
        this.schema = schema;
        this.prefix = prefix;
        schema.ifPresent(name -> check("schema", name));
        check("prefix", prefix);
    }

    private static void check(String what, String name) {
        if (!ALLOWED.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " of a job store = \"" + name
                    + "\"; allowed: 1 to 31 small letters, digits and underscores, not a digit first");
        }
    }

    /** Whether databases keep a text as it is: NUL they refuse, and half a surrogate pair becomes a question mark. */
    public static boolean isKept(String text) {
        return text.codePoints().noneMatch(each -> each == 0 || Character.getType(each) == Character.SURROGATE);
    }

    public Dialect dialect() {
        return dialect;
    }

    Optional<String> schema() {
        return schema;
    }

    String table(String name) {
        return schema.map(s -> s + ".").orElse("") + prefix + name;
    }

    /** The name of what cannot be in a schema, such as an index or a channel. */
    String plain(String name) {
        return prefix + name;
    }

    /** The channel on which processes that use these tables tell each other what is new. */
    String channel() {
        return schema.map(s -> s + "_").orElse("") + prefix + "news";
    }

    /** Puts the names in. */
    String sql(String statement) {
        return PLACE.matcher(statement)
                .replaceAll(place -> Matcher.quoteReplacement(
                        switch (place.group(1)) {
                            case "now" -> dialect.nowMs();
                            case "identity" -> dialect.identity();
                            case "bytes" -> dialect.bytes();
                            case "lock" -> dialect.forUpdate();
                            case "skip" -> dialect.skipLocked();
                            default -> table(place.group(1));
                        }));
    }
}
