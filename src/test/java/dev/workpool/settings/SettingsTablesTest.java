package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of settings of durable queues and of clusters have all of them, with their defaults. */
class SettingsTablesTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| `([^`]+)` \\|", Pattern.MULTILINE);

    @Test
    void durableQueuesHaveEachOnce() throws IOException {
        assertHasEachOnce("durable.md", "workpool.durable", "queues", QueueSettings.KEYS);
    }

    @Test
    void clustersHaveEachOnce() throws IOException {
        assertHasEachOnce("cluster.md", "workpool.cluster", "pools", ClusterSettings.KEYS);
    }

    private static void assertHasEachOnce(String page, String section, String ofEach, Set<String> keys)
            throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (Matcher row = ROW.matcher(Files.readString(Path.of("src/docs", page))); row.find(); ) {
            assertThat(rows.put(row.group(1), row.group(2)))
                    .as("%s twice", row.group(1))
                    .isNull();
        }
        Config reference = ConfigFactory.load().getConfig(section).withoutPath(ofEach);
        Map<String, String> settings = new TreeMap<>();
        reference.entrySet().forEach(each -> settings.put(each.getKey(), text(each.getValue())));
        assertThat(rows).isEqualTo(settings);
        assertThat(rows).containsOnlyKeys(keys);
    }

    private static String text(ConfigValue value) {
        return value.unwrapped() instanceof String text && !text.isEmpty()
                ? text
                : value.render(ConfigRenderOptions.concise());
    }
}
