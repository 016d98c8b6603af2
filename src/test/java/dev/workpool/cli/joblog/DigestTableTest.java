package dev.workpool.cli.joblog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.input.InputDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DigestTableTest {

    @Property(tries = 200)
    void itIsAMap(@ForAll @Size(max = 300) List<@IntRange(min = -50, max = 50) Integer> keys) {
        DigestTable table = new DigestTable();
        Map<InputDigest, Integer> map = new HashMap<>();
        int value = 0;
        for (int key : keys) {
            // Few bits, so that many want the same place.
            InputDigest digest = new InputDigest(key / 7, (key % 7) << 8);
            assertThat(table.get(digest)).isEqualTo(map.getOrDefault(digest, 0));
            value++;
            table.put(digest, value);
            map.put(digest, value);
        }
        map.forEach((digest, last) -> assertThat(table.get(digest)).isEqualTo(last));
    }

    @Test
    void occurrencesOfAnInputDiffer() {
        DigestTable table = new DigestTable();
        InputDigest input = InputDigest.of("x");
        for (int i = 1; i <= 10_000; i++) {
            assertThat(table.get(input.occurrence(i))).isZero();
            table.put(input.occurrence(i), i);
        }
        assertThat(input.occurrence(1)).isEqualTo(input);
        assertThat(table.get(input.occurrence(5_000))).isEqualTo(5_000);
    }

    @Test
    void inputsAreToldApartByTheirBytes() {
        assertThat(InputDigest.of("\uDCC3\uDCA9")).isEqualTo(InputDigest.of("é"));
        assertThat(InputDigest.of("\uDCC3")).isNotEqualTo(InputDigest.of("\uDCC4"));
    }
}
