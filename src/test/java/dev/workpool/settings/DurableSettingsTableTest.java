package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of settings of durable queues has all of them, with their defaults. */
class DurableSettingsTableTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| `([^`]+)` \\|", Pattern.MULTILINE);

    @Test
    void itHasEverySettingOnce() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        String page = Files.readString(Path.of("src/docs/durable.md"));
        for (Matcher row = ROW.matcher(page); row.find(); ) {
            assertThat(rows.put(row.group(1), row.group(2)))
                    .as("%s twice", row.group(1))
                    .isNull();
        }
        Config reference = ConfigFactory.load().getConfig("workpool.durable").withoutPath("queues");
        Map<String, String> settings = new TreeMap<>();
        reference
                .entrySet()
                .forEach(each -> settings.put(
                        each.getKey(),
                        each.getValue().unwrapped() instanceof String text
                                ? text
                                : each.getValue().render(ConfigRenderOptions.concise())));
        assertThat(rows).isEqualTo(settings);
        assertThat(rows).containsOnlyKeys(QueueSettings.KEYS);
    }
}
