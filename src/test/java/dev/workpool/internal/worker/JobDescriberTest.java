package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class JobDescriberTest {
    private static String described(Function<Object, String> describer) {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(ConfigFactory.load(), "p").withJobDescriber(Object.class, describer);
        return new JobDescriber(settings).job(7);
    }

    @Test
    void aDescriptionStaysOnOneLine() {
        assertThat(described(job -> "order\r\n\t4711\u0000!")).isEqualTo("order 4711 !");
        assertThat(described(job -> {
                    throw new IllegalStateException("two\nlines");
                }))
                .isEqualTo("java.lang.Integer (its describer threw java.lang.IllegalStateException: two lines)");
    }

    @Test
    void whatADescriberDoesNotSayIsSaid() {
        assertThat(described(job -> null)).isEqualTo("java.lang.Integer (its describer returned null)");
    }
}
