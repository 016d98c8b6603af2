package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class WorkerThreadsTest {

    @Test
    void namesThreadsAfterThePool() {
        ThreadFactory threads = WorkerThreads.of("hashers", false);
        assertThat(threads.newThread(() -> {}).getName()).isEqualTo("hashers-worker-0");
        assertThat(threads.newThread(() -> {}).getName()).isEqualTo("hashers-worker-1");
        assertThat(WorkerThreads.of("others", false).newThread(() -> {}).getName())
                .isEqualTo("others-worker-0");
    }

    @Test
    void makesDaemonsSoThatAHangingHandlerDoesNotKeepTheJvmAlive() {
        assertThat(WorkerThreads.of("p", false).newThread(() -> {}).isDaemon()).isTrue();
    }

    @Test
    void areUnusedWhenThePoolIsGoneAndTheLastOfThemHasEnded() throws Exception {
        WorkerThreads threads = WorkerThreads.of("p", false);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread busy = threads.newThread(() -> {
            begun.countDown();
            release.countDown();
        });
        Thread held = threads.newThread(() -> {
            begun.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        held.start();
        begun.await();
        threads.forget(held); // as one that was abandoned
        threads.poolIsGone();
        assertThat(threads.unused().getCount()).isEqualTo(1);
        busy.start();
        held.join();
        busy.join();
        assertThat(threads.unused().getCount()).isZero();
    }

    @Test
    void areUnusedIfNoneWasEver() {
        WorkerThreads threads = WorkerThreads.of("p", false);
        threads.newThread(() -> {}); // never started
        assertThat(threads.unused().getCount()).isEqualTo(1);
        threads.poolIsGone();
        assertThat(threads.unused().getCount()).isZero();
    }

    @Test
    void areUsedAsLongAsThereIsAPool() throws Exception {
        WorkerThreads threads = WorkerThreads.of("p", false);
        Thread thread = threads.newThread(() -> {});
        thread.start();
        thread.join();
        assertThat(threads.unused().getCount()).isEqualTo(1);
    }

    /** A thread that counts how often it is looked at. */
    private static final class Counted extends Thread {
        private final AtomicLong looks;
        private final State state;

        Counted(AtomicLong looks, State state) {
            this.looks = looks;
            this.state = state;
        }

        @Override
        public State getState() {
            looks.incrementAndGet();
            return state;
        }
    }

    @Test
    void startingManyLooksAtEachOfThemAFewTimesAtMost() {
        AtomicLong looks = new AtomicLong();
        WorkerThreads threads = new WorkerThreads("p", task -> new Counted(looks, Thread.State.RUNNABLE));
        for (int i = 0; i < 40_000; i++) {
            threads.newThread(() -> {});
        }
        assertThat(looks.get()).isLessThan(80_000);
    }

    @Test
    void threadsThatHaveEndedAreNotHeld() throws Exception {
        AtomicLong looks = new AtomicLong();
        WorkerThreads threads = new WorkerThreads("p", task -> new Counted(looks, Thread.State.TERMINATED));
        for (int i = 0; i < 40_000; i++) {
            threads.newThread(() -> {});
        }
        looks.set(0);
        threads.awaitEnd(Duration.ofSeconds(1)); // looks at all that are held
        assertThat(looks.get()).isLessThan(100);
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void saysWhatVirtualThreadsNeed() {
        assertThatThrownBy(() -> WorkerThreads.of("p", true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Java 21");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void makesVirtualThreads() throws Exception {
        Thread thread = WorkerThreads.of("p", true).newThread(() -> {});
        assertThat(thread.getName()).isEqualTo("p-worker-0");
        assertThat(thread.isDaemon()).isTrue();
        assertThat((boolean) Thread.class.getMethod("isVirtual").invoke(thread)).isTrue();
    }
}
