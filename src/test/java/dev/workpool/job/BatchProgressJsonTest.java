package dev.workpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchProgressJsonTest {
    private final ObjectMapper mapper = new ObjectMapper();

    @Test
    void itHasWhatAProgressBarNeeds() throws Exception {
        String json = mapper.writeValueAsString(new BatchProgress(10, 1, 1, 1, 1, 0, 0.5));
        Map<?, ?> expected = Map.ofEntries(
                Map.entry("total", 10),
                Map.entry("succeeded", 1),
                Map.entry("failed", 1),
                Map.entry("timedOut", 1),
                Map.entry("cancelled", 1),
                Map.entry("rejected", 0),
                Map.entry("partlyDone", 0.5),
                Map.entry("done", 4),
                Map.entry("pending", 6),
                Map.entry("fraction", 0.45));
        assertThat((Object) mapper.readValue(json, Map.class)).isEqualTo(expected);
    }

    @Test
    void whoeverIgnoresWhatIsComputedReadsItAsItWasWritten() throws Exception {
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        BatchProgress progress = new BatchProgress(10, 1, 2, 3, 1, 1, 0.5);
        assertThat(mapper.readValue(mapper.writeValueAsString(progress), BatchProgress.class))
                .isEqualTo(progress);
    }
}
