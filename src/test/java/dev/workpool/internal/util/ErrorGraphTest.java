package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ErrorGraphTest {
    private final Exception error = new Exception("the last");

    @Test
    void anEarlierErrorIsSuppressed() {
        Exception earlier = new Exception("earlier");
        assertThat(ErrorGraph.suppress(error, earlier)).isTrue();
        assertThat(error.getSuppressed()).containsExactly(earlier);
    }

    @Test
    void oneThatIsKnownAlreadyIsNotSuppressedAgain() {
        Exception earlier = new Exception("earlier");
        Exception caused = new Exception(new Exception(earlier));
        assertThat(ErrorGraph.suppress(caused, earlier)).isTrue();
        assertThat(caused.getSuppressed()).as("a cause of a cause").isEmpty();
        ErrorGraph.suppress(error, caused);
        assertThat(ErrorGraph.suppress(error, earlier)).isTrue();
        assertThat(error.getSuppressed()).as("a cause of what is suppressed").containsExactly(caused);
        assertThat(ErrorGraph.suppress(error, error)).isTrue();
        assertThat(error.getSuppressed()).as("itself").containsExactly(caused);
    }

    /** Whoever prints it would go in a circle. */
    @Test
    void anErrorDoesNotSuppressWhatItIsAPartOf() {
        Exception whole = new Exception("whole", error);
        assertThat(ErrorGraph.suppress(error, whole)).isTrue();
        assertThat(error.getSuppressed()).isEmpty();
        Exception other = new Exception("other");
        other.addSuppressed(error);
        assertThat(ErrorGraph.suppress(error, other)).isTrue();
        assertThat(error.getSuppressed()).isEmpty();
    }

    @Test
    void aHundredAreSuppressedAndNoMore() {
        List<Throwable> first = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> {
            first.add(new Exception("" + i));
            assertThat(ErrorGraph.suppress(error, first.get(i))).isTrue();
        });
        assertThat(ErrorGraph.suppress(error, new Exception("one more"))).isFalse();
        assertThat(error.getSuppressed()).containsExactlyElementsOf(first);
    }

    @Test
    void aHeapThatIsTooLargeToLookThroughIsNotAddedTo() {
        assertThat(ErrorGraph.suppress(error, chain(900))).isTrue();
        assertThat(error.getSuppressed()).hasSize(1);
        assertThat(ErrorGraph.suppress(error, chain(1_100))).isTrue();
        assertThat(error.getSuppressed()).hasSize(1);
    }

    private static Exception chain(int length) {
        Exception last = new Exception("the root");
        for (int i = 1; i < length; i++) {
            last = new Exception(last);
        }
        return last;
    }

    @Test
    void aCauseThatCannotBeHadIsNone() {
        Exception broken = new Exception("broken") {
            private static final long serialVersionUID = 1;

            @Override
            @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as users may
            public Throwable getCause() {
                throw new IllegalStateException("on purpose");
            }
        };
        assertThat(ErrorGraph.causeOf(broken)).isNull();
        assertThat(ErrorGraph.suppress(error, broken)).isTrue();
        assertThat(error.getSuppressed()).containsExactly(broken);
    }
}
