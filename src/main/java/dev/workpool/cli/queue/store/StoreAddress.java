package dev.workpool.cli.queue.store;

import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.UsageException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a store is, as the user wrote it.
 *
 * @param text the name of a file, or a URL of JDBC
 */
public record StoreAddress(String text) {
    private static final String POSTGRES = "jdbc:postgresql:";

    /** As other programs write a database of PostgreSQL: the user and the password if they are there, the place, and the parameters. */
    private static final Pattern URI =
            Pattern.compile("(?:jdbc:)?postgres(?:ql)?://(?:([^@/?]*)@)?([^@?]*)(?:\\?([^@]*))?");

    private static final String PASSWORD_PLACES =
            "the password in WORKPOOL_STORE_PASSWORD, PGPASSWORD, ~/.pgpass or --password-file FILE";

    /** Those of the driver's parameters that nobody else is to know. */
    private static final String SECRET = "password";

    /**
     * Checks an address.
     *
     * @throws UsageException if it is neither a file nor a database that can hold queues, or has a password in it
     */
    public static StoreAddress of(String text) throws UsageException {
        if (text == null) {
            throw new UsageException("no store: give --store FILE, or --store jdbc:postgresql://HOST/DATABASE");
        }
        if (text.isEmpty()) {
            throw notAllowed(text, "an empty name");
        }
        StoreAddress address = new StoreAddress(text);
        if (address.isDatabase()) {
            for (String each : address.parameters()) {
                if (isSecret(each)) {
                    throw new UsageException("--store " + text.substring(0, text.indexOf('?')) + "?…: '"
                            + each.split("=", 2)[0]
                            + "' in arguments is seen by all users of this machine; allowed: " + PASSWORD_PLACES);
                }
            }
        }
        if (address.isDatabase() && !text.replaceFirst("\\?.*", "").contains("@")) {
            return address;
        } else if (text.matches("(jdbc:)?postgres(ql)?://.*")) {
            throw new UsageException(
                    "--store: a URL of JDBC begins with jdbc:postgresql:// and has no user before its host;"
                            + " allowed: " + asJdbc(URI.matcher(text)) + ", and " + PASSWORD_PLACES);
        } else if (text.startsWith("jdbc:") || text.contains("://")) {
            throw notAllowed(text.replaceFirst("//[^/]*@", "//…@"), "not a database that can hold queues");
        }
        return address;
    }

    /** The URL to give instead, without a password. Of one that can be read in two ways nothing is shown, since it may be part of that. */
    private static String asJdbc(Matcher uri) {
        if (!uri.matches()) {
            return "jdbc:postgresql://HOST/DATABASE?user=NAME";
        }
        List<String> parameters = new ArrayList<>();
        String user = uri.group(1) == null ? "" : uri.group(1).split(":", 2)[0];
        if (!user.isEmpty()) {
            parameters.add("user=" + user.replace("+", "%2B")); // which would be a blank there
        }
        if (uri.group(3) != null) {
            parameters.addAll(Stream.of(uri.group(3).split("&"))
                    .filter(each -> !each.isEmpty() && !isSecret(each))
                    .toList());
        }
        return POSTGRES + "//" + uri.group(2) + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
    }

    private static boolean isSecret(String parameter) {
        return parameter.toLowerCase(Locale.ROOT).split("=", 2)[0].endsWith(SECRET);
    }

    /** Whether it is a database of PostgreSQL; otherwise it is a file. */
    public boolean isDatabase() {
        return text.startsWith(POSTGRES);
    }

    /** The user whom it names, if it does. */
    Optional<String> user() {
        for (String each : parameters()) {
            if (each.startsWith("user=")) {
                return Optional.of(URLDecoder.decode(each.substring("user=".length()), StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    private String[] parameters() {
        int from = text.indexOf('?');
        return from < 0 ? new String[0] : text.substring(from + 1).split("&");
    }

    private static UsageException notAllowed(String text, String why) {
        return new UsageException("--store '" + text + "': " + why + "; allowed: " + Allowed.STORE);
    }

    /** As the user wrote it; there is no password in it. */
    @Override
    public String toString() {
        return text;
    }
}
