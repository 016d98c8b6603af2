package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the dashboard and the page's queries ask for is what a pool has. */
class DashboardTest {
    private static final Path DASHBOARD = Path.of("src/docs/grafana/workpool.json");
    private static final Path PAGE = Path.of("src/docs/observability.md");
    private static final int COLUMNS = 24;

    private static final Pattern SERIES = Pattern.compile("((?:executor|workpool)_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");

    private final Map<String, Set<String>> scraped = new Scrape().labels();

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    @Test
    void everyQueryFindsItsSeriesAndLabels() throws IOException {
        List<String> queries = new ArrayList<>();
        dashboard().findValuesAsText("expr").forEach(queries::add);
        dashboard().findValuesAsText("definition").forEach(queries::add);
        assertThat(queries).hasSizeGreaterThan(15);
        queries.forEach(this::check);
    }

    @Test
    void soDoTheAlertsOfThePage() throws IOException {
        Matcher block = Pattern.compile("```promql\\n([\\s\\S]*?)```").matcher(Files.readString(PAGE));
        int queries = 0;
        while (block.find()) {
            check(block.group(1));
            queries++;
        }
        assertThat(queries).isPositive();
    }

    private void check(String query) {
        Set<String> labels = new HashSet<>();
        Matcher series = SERIES.matcher(query);
        while (series.find()) {
            assertThat(scraped).as(query).containsKey(series.group(1));
            Set<String> has = scraped.get(series.group(1));
            labels.addAll(has);
            if (series.group(2) != null) {
                assertThat(has).as(query).containsAll(keys(series.group(2)));
            }
        }
        assertThat(labels).as("series in %s", query).isNotEmpty();
        BY.matcher(query)
                .results()
                .forEach(by -> assertThat(labels).as(query).contains(by.group(1).split(", ")));
    }

    private static List<String> keys(String matchers) {
        return Pattern.compile("(\\w+)[=!]")
                .matcher(matchers)
                .results()
                .map(key -> key.group(1))
                .toList();
    }

    @Test
    void everyPanelSaysWhatItShowsAndCoversNoOther() throws IOException {
        Set<String> cells = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard().get("panels")) {
            String title = panel.get("title").asText();
            assertThat(panel.get("description").asText()).as(title).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                    .as(title)
                    .isNotBlank();
            assertThat(ids.add(panel.get("id").asInt())).as("id of %s", title).isTrue();
            JsonNode place = panel.get("gridPos");
            for (int x = 0; x < place.get("w").asInt(); x++) {
                int column = place.get("x").asInt() + x;
                assertThat(column).as(title).isLessThan(COLUMNS);
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    String cell = column + "," + (place.get("y").asInt() + y);
                    assertThat(cells.add(cell)).as("%s at %s", title, cell).isTrue();
                }
            }
        }
        assertThat(ids).isNotEmpty();
    }
}
