package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of settings in the documentation has all of them. */
class SettingsTableTest {
    private static final Pattern KEY = Pattern.compile("^\\| `([a-z.-]+)` \\|", Pattern.MULTILINE);

    @Test
    void theOptionsTableHasEverySettingOnce() throws IOException {
        String options = Files.readString(Path.of("src/docs/settings.md"));
        Set<String> keys = new TreeSet<>();
        for (Matcher key = KEY.matcher(options); key.find(); ) {
            assertThat(keys.add(key.group(1))).as("%s once", key.group(1)).isTrue();
        }
        assertThat(keys).containsExactlyInAnyOrderElementsOf(WorkerPoolSettings.KEYS);
    }
}
