package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page lists every meter once, with its unit, its kind, its tags and its name in Prometheus. */
class ObservabilityPageTest {
    private static final Path PAGE = Path.of("src/docs/observability.md");

    /** Meter, unit, kind, tags besides the name, name in Prometheus; what follows is prose. */
    private static final Pattern ROW = Pattern.compile(
            "^\\| `((?:executor|workpool)[a-z.]*)` (\\|[^|]*\\|[^|]*\\|[^|]*\\|[^|]*\\|)", Pattern.MULTILINE);

    @Test
    void everyMeterIsThereOnce() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        ROW.matcher(Files.readString(PAGE))
                .results()
                .forEach(row -> assertThat(rows.put(row.group(1), row.group(2)))
                        .as("%s twice", row.group(1))
                        .isNull());
        assertThat(rows).isEqualTo(expected());
    }

    private static Map<String, String> expected() {
        Scrape scrape = new Scrape();
        Set<String> series = scrape.labels().keySet();
        Map<String, String> rows = new TreeMap<>();
        for (Meter meter : scrape.registry.getMeters()) {
            Meter.Id id = meter.getId();
            Set<String> names = series.stream()
                    .filter(name -> name.matches(scrape.registry
                                    .config()
                                    .namingConvention()
                                    .name(id.getName(), id.getType(), id.getBaseUnit())
                            + "(_total|_count|_sum)?"))
                    .map(name -> "`" + name + "`")
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> tags = id.getTags().stream()
                    .map(Tag::getKey)
                    .filter(key -> !key.equals("name"))
                    .map(key -> "`" + key + "`")
                    .collect(Collectors.toCollection(TreeSet::new));
            String unit =
                    id.getType() == Meter.Type.TIMER ? "seconds" : id.getBaseUnit() == null ? "" : id.getBaseUnit();
            rows.put(
                    id.getName(),
                    "| %s | %s | %s | %s |"
                            .formatted(
                                    unit,
                                    id.getType().name().toLowerCase(Locale.ROOT),
                                    String.join(", ", tags),
                                    String.join(", ", names))
                            .replaceAll(" +", " "));
        }
        return rows;
    }
}
