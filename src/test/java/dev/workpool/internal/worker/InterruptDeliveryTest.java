package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.support.Handlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptDeliveryTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private volatile boolean noMoreThreads;
    private final InterruptDelivery delivery = new InterruptDelivery("p", this::start);

    private void start(Runnable task) {
        if (noMoreThreads) {
            throw new OutOfMemoryError("no more threads, for the test");
        }
        Thread thread = new Thread(task, "signals");
        threads.add(thread);
        thread.start();
    }

    @AfterEach
    void close() {
        delivery.close();
        awaitEndOfThreads();
    }

    private void awaitEndOfThreads() {
        await().atMost(LONG).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    private void awaitTasks(int count) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            delivery.execute(done::countDown);
        }
        assertThat(done.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void startsNoThreadForNothing() {
        assertThat(threads).isEmpty();
    }

    /** Whoever takes over from a thread that stands still for a while goes on from there. */
    @Test
    void runsTasksInTheirOrder() {
        Map<Thread, Queue<Integer>> ran = new ConcurrentHashMap<>();
        List<Integer> numbers = IntStream.range(0, 1_000).boxed().toList();
        numbers.forEach(number -> delivery.execute(
                () -> ran.computeIfAbsent(Thread.currentThread(), thread -> new ConcurrentLinkedQueue<>())
                        .add(number)));
        await().atMost(LONG)
                .until(() -> ran.values().stream().mapToInt(Queue::size).sum() == 1_000);
        assertThat(ran.values())
                .allSatisfy(ofOneThread -> assertThat(List.copyOf(ofOneThread)).isSorted());
        assertThat(ran.values().stream().flatMap(Queue::stream).toList()).containsExactlyInAnyOrderElementsOf(numbers);
    }

    @Test
    void needsFewThreadsForManyTasks() throws Exception {
        awaitTasks(10_000);
        assertThat(threads).hasSizeLessThan(20); // two, unless this machine stands still for 5 ms now and then
    }

    @Test
    void goesOnWithTheRestWhileOneHangs() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger hanging = new AtomicInteger();
        Runnable hangs = () -> {
            hanging.incrementAndGet();
            Handlers.ignoreInterruptsUntil(released);
            hanging.decrementAndGet();
        };
        delivery.execute(hangs);
        awaitTasks(100); // that come while it hangs, or just before
        await().atMost(LONG).until(() -> hanging.get() == 1);
        for (int i = 0; i < 3; i++) {
            delivery.execute(hangs);
        }
        awaitTasks(100);
        assertThat(hanging).hasValue(4);
        released.countDown();
        await().atMost(LONG).until(() -> hanging.get() == 0);
        awaitTasks(100);
    }

    @Test
    void letsItsThreadsEndWhenThereIsNothingToDo() throws Exception {
        awaitTasks(10);
        awaitEndOfThreads();
        awaitTasks(10);
        awaitEndOfThreads();
    }

    @Test
    void letsItsThreadsEndAtOnceWhenThePoolIsGoneAndStillRunsWhatComes() throws Exception {
        awaitTasks(10);
        delivery.close();
        awaitEndOfThreads();
        awaitTasks(10);
        awaitEndOfThreads();
    }

    @Test
    void runsATaskOnTheSpotIfThereCanBeNoThread() {
        noMoreThreads = true;
        Queue<Thread> ranOn = new ConcurrentLinkedQueue<>();
        delivery.execute(() -> ranOn.add(Thread.currentThread()));
        delivery.execute(() -> ranOn.add(Thread.currentThread()));
        assertThat(ranOn).containsExactly(Thread.currentThread(), Thread.currentThread());
    }

    @Test
    void leavesATaskToTheThreadsThatThereAreIfThereCanBeNoMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        delivery.execute(() -> {
            begun.countDown();
            Handlers.ignoreInterruptsUntil(released);
        });
        begun.await();
        noMoreThreads = true;
        Queue<Thread> ranOn = new ConcurrentLinkedQueue<>();
        delivery.execute(() -> ranOn.add(Thread.currentThread()));
        assertThat(ranOn).isEmpty();
        released.countDown();
        await().atMost(LONG).until(() -> ranOn.size() == 1);
        assertThat(ranOn).doesNotContain(Thread.currentThread());
    }

    @Test
    void survivesATaskThatFailsAndOneThatLeavesAnInterrupt() throws Exception {
        delivery.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        delivery.execute(() -> Thread.currentThread().interrupt());
        AtomicInteger interrupted = new AtomicInteger();
        delivery.execute(() -> interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0));
        awaitTasks(10);
        assertThat(interrupted).hasValue(0);
    }

    @Test
    void losesNothingOfWhatComesFromManyThreadsWhileItsOwnComeAndGo() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        int rounds = 200 * Integer.getInteger("stress.scale", 1);
        List<Thread> senders = IntStream.range(0, 4)
                .mapToObj(sender -> new Thread(() -> {
                    for (int i = 0; i < rounds; i++) {
                        delivery.execute(ran::incrementAndGet);
                        if (i % 50 == sender) {
                            delivery.close(); // so that threads end all the time
                        }
                    }
                }))
                .toList();
        senders.forEach(Thread::start);
        for (Thread sender : senders) {
            sender.join();
        }
        await().atMost(LONG).until(() -> ran.get() == 4 * rounds);
    }
}
