package dev.workpool.internal.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PublishedNumbersTest {
    private enum Count {
        ONE,
        TWICE,
        SQUARE
    }

    private final PublishedNumbers<Count> numbers = new PublishedNumbers<>(Count.class);

    private void publish(long n) {
        numbers.begin();
        numbers.set(Count.ONE, n);
        numbers.set(Count.TWICE, 2 * n);
        numbers.set(Count.SQUARE, n * n);
        numbers.end();
    }

    @Test
    void theyBeginWithZero() {
        assertThat(numbers.read().get(Count.SQUARE)).isZero();
    }

    @Test
    void whatIsReadIsWhatWasPublishedLast() {
        publish(1);
        publish(7);
        assertThat(numbers.read().get(Count.ONE)).isEqualTo(7);
        assertThat(numbers.read().get(Count.TWICE)).isEqualTo(14);
        assertThat(numbers.read().get(Count.SQUARE)).isEqualTo(49);
    }

    @Test
    void aMillionReadingsBelongTogetherAndNeverGoBack() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (long n = 1; !over.get(); n++) {
                publish(n);
            }
        });
        try {
            long last = 0;
            for (int i = 0; i < 1_000_000; i++) {
                PublishedNumbers.Reading<Count> reading = numbers.read();
                long one = reading.get(Count.ONE);
                if (reading.get(Count.TWICE) != 2 * one || reading.get(Count.SQUARE) != one * one || one < last) {
                    throw new AssertionError(one + " after " + last + ": " + reading.get(Count.TWICE) + ", "
                            + reading.get(Count.SQUARE));
                }
                last = one;
            }
        } finally {
            over.set(true);
        }
        writer.get(1, TimeUnit.MINUTES);
    }
}
