package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class KeyQueuesTest {
    private final KeyQueues<String> keyQueues = new KeyQueues<>(job -> job.substring(0, 1));

    private KeyQueue assign(String job) {
        return keyQueues.assign(job, job).keyQueue;
    }

    /** How many queues are held: in the map, and among those that are told to be empty. */
    private static int held(KeyQueues<?> keyQueues) throws ReflectiveOperationException {
        Field map = KeyQueues.class.getDeclaredField("keyQueues");
        Field empty = KeyQueues.class.getDeclaredField("empty");
        map.setAccessible(true);
        empty.setAccessible(true);
        return ((Map<?, ?>) map.get(keyQueues)).size() + ((Queue<?>) empty.get(keyQueues)).size();
    }

    @Test
    void jobsOfAKeyShareAQueue() {
        assertThat(assign("a1")).isSameAs(assign("a2")).isNotSameAs(assign("b1"));
        assertThat(keyQueues.assign("a3", "packed").job).isEqualTo("packed");
    }

    @Test
    void aLaneThatHasGotAJobSinceItWasEmptyStays() {
        KeyQueue a = assign("a1");
        keyQueues.settled(a);
        assertThat(assign("a2")).as("a2 may find a1's queue, or one of its own").isNotNull();
        KeyQueue b = assign("b1");
        KeyQueue c = assign("c1");
        KeyQueue d = assign("d1");
        keyQueues.settled(b);
        keyQueues.settled(c);
        keyQueues.settled(d);
        assertThat(assign("d2")).as("b and c are let go of first").isSameAs(d);
        assign("e1");
        assertThat(assign("d3")).as("d has an open job").isSameAs(d);
    }

    @Test
    void aKeyThatWasStoppedIsRememberedAlsoIfItsLaneWasEmptyBefore() {
        KeyQueue b = assign("b1");
        KeyQueue c = assign("c1");
        KeyQueue a = assign("a1");
        keyQueues.settled(b);
        keyQueues.settled(c);
        keyQueues.settled(a); // and is told to be empty behind the two
        assertThat(assign("a2")).isSameAs(a);
        a.stopped = true;
        keyQueues.settled(a);
        assign("d1");
        assign("e1");
        assertThat(assign("a3")).isSameAs(a);
    }

    @Test
    void aKeyThatIsNullIsSaidToBe() {
        KeyQueues<String> nulls = new KeyQueues<>(job -> null);
        assertThatThrownBy(() -> nulls.assign("a1", "a1"))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("key of a job is null");
    }

    @Test
    void whatAKeyThrowsIsThrownOn() {
        KeyQueues<String> throwing = new KeyQueues<>(job -> {
            throw new IllegalStateException("no key");
        });
        assertThatThrownBy(() -> throwing.assign("a1", "a1")).hasMessage("no key");
    }

    @Test
    void twoMillionKeysCostWhatIsOpen() throws ReflectiveOperationException {
        KeyQueues<Integer> many = new KeyQueues<>(job -> job);
        Deque<KeyQueue> open = new ArrayDeque<>();
        int most = 0;
        for (int job = 0; job < 2_000_000; job++) {
            open.add(many.assign(job, job).keyQueue);
            if (open.size() == 100) { // as a window would have it
                open.forEach(many::settled);
                open.clear();
            }
            if (job % 1_013 == 0) {
                most = Math.max(most, held(many));
            }
        }
        assertThat(most).isLessThanOrEqualTo(400);
        open.forEach(many::settled);
        for (int i = 0; i < 200; i++) {
            many.settled(many.assign(-1, -1).keyQueue);
        }
        assertThat(held(many)).as("the last key alone, and that it is empty").isLessThanOrEqualTo(2);
    }
}
