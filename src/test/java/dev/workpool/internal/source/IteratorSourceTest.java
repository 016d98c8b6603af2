package dev.workpool.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class IteratorSourceTest {
    private final List<String> offered = new ArrayList<>();
    private final List<Long> awaited = new ArrayList<>();
    private int asked;
    private long room = 2;
    private int wanted = Integer.MAX_VALUE;

    private final JobSource.Sink<String> sink = new JobSource.Sink<>() {
        @Override
        public long await(long taken) {
            awaited.add(taken);
            assertThat(asked).as("nothing is asked for that has no room").isEqualTo(offered.size());
            return taken == 4 ? Window.CLOSED : taken + room;
        }

        @Override
        public boolean offer(String job) {
            if (offered.size() == wanted) {
                return false;
            }
            offered.add(job);
            return true;
        }

        @Override
        public void poke() {
            throw new AssertionError("that is not for a source");
        }
    };

    private IteratorSource<String> source(String... jobs) {
        Iterator<String> iterator = Arrays.asList(jobs).iterator();
        return new IteratorSource<>(
                () -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return iterator.hasNext();
                    }

                    @Override
                    public String next() {
                        asked++;
                        return iterator.next();
                    }
                },
                null);
    }

    @Test
    void jobsAreTakenOnlyWhereThereIsRoom() {
        source("a", "b", "c").pull(sink);
        assertThat(offered).containsExactly("a", "b", "c");
        assertThat(awaited).containsExactly(0L, 2L);
    }

    @Test
    void nothingIsTakenOnceTheWindowIsClosed() {
        source("a", "b", "c", "d", "e").pull(sink);
        assertThat(offered).containsExactly("a", "b", "c", "d");
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void whereNoMoreAreWantedItEnds() {
        wanted = 1;
        room = 10;
        source("a", "b", "c").pull(sink);
        assertThat(offered).containsExactly("a");
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aNullIsNamedByItsIndex() {
        assertThatThrownBy(() -> source("a", null, "c").pull(sink))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("job at index 1 of the source is null");
        assertThat(offered).containsExactly("a");
    }

    @Test
    void whatCanBeClosedIsClosed() throws Exception {
        int[] closed = new int[1];
        AutoCloseable closeable = () -> closed[0]++;
        new IteratorSource<>(List.of("a")::iterator, closeable).close();
        assertThat(closed[0]).isEqualTo(1);
        new IteratorSource<>(List.of("a")::iterator, List.of()).close(); // cannot be
    }
}
