package dev.workpool.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds keys in a section that are no settings, and says which setting was meant and where the key is. */
final class UnknownKeys {
    private static final int FEWEST_EDITS = 2;

    /** One edit in so many characters still looks like a slip. */
    private static final int CHARACTERS_PER_EDIT = 4;

    private UnknownKeys() {}

    /**
     * Describes the first unknown key of a section.
     *
     * @param where the section, for the message
     * @param section what is in it
     * @param place what kind of settings they are
     * @param keys those that are settings
     * @return a message for a person; empty if all are known
     */
    static Optional<String> first(String where, Config section, SettingsReader.Place place, Set<String> keys) {
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            if (!keys.contains(entry.getKey())) {
                ConfigValue value = entry.getValue();
                return Optional.of(where + "." + entry.getKey() + " = " + value.unwrapped() + " is not a setting ("
                        + value.origin().description() + ")"
                        + meant(where, entry.getKey(), place, keys)
                                .map(meant -> "; did you mean " + meant + "?")
                                .orElse(".")
                        + " Allowed keys: " + new TreeSet<>(keys));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> meant(String where, String key, SettingsReader.Place place, Set<String> keys) {
        int dot = key.indexOf('.');
        if (where.equals(place.root()) && dot > 0 && keys.contains(key.substring(dot + 1))) {
            return Optional.of(place.of(key));
        }
        return nearest(key, keys).map(nearest -> where + "." + nearest);
    }

    /** The word among some that one was meant to be, if it is near to one: with few slips, or without its section. */
    static Optional<String> nearest(String word, Set<String> words) {
        String plain = plain(word);
        String nearest = null;
        int fewest = Math.max(FEWEST_EDITS, plain.length() / CHARACTERS_PER_EDIT) + 1;
        for (String each : new TreeSet<>(words)) {
            int edits = each.endsWith("." + word) || each.endsWith("-" + word) ? 0 : edits(plain, plain(each));
            if (edits < fewest) {
                fewest = edits;
                nearest = each;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** So that {@code jobTimeout} and {@code job_timeout} are no slips. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** How many characters are to be inserted, deleted, replaced or swapped with the next. */
    private static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    edits[i][j] = Math.min(edits[i][j], 1 + edits[i - 2][j - 2]);
                }
            }
        }
        return edits[from.length()][to.length()];
    }
}
