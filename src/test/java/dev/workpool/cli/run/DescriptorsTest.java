package dev.workpool.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptorsTest {

    @Test
    void itIsSaidHowFewWorkersThereAre() {
        assertThat(Descriptors.fewer(1, 20))
                .isEqualTo("1 worker instead of 20: this process may have too few files open (ulimit -n)");
        assertThat(Descriptors.fewer(2, 20)).startsWith("2 workers instead of 20: ");
    }
}
