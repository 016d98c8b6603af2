package dev.workpool.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@SuppressWarnings("ThreadPriorityCheck") // yields; nothing relies on it
class QueueCapacityTest {
    private static final Logger LOG = LoggerFactory.getLogger(QueueCapacityTest.class);

    /** Jobs that are handed in, or a question that brings none. */
    private record Jobs(int size) implements Request<Integer, String> {
        @Override
        public void refuse(Closed closed) {}
    }

    /** A queue whose dispatcher is the test's thread. */
    private static final class Queue {
        final RequestQueue<Integer, String> requestQueue;
        final QueueCapacity queueCapacity;
        private long held;

        Queue(long capacity) {
            requestQueue = new RequestQueue<>(ArrivalQueue.bounded(capacity, 0));
            queueCapacity = new QueueCapacity(capacity, requestQueue);
            requestQueue.open(() -> {});
        }

        boolean offer(int jobs) {
            return requestQueue.offer(new Jobs(jobs), jobs);
        }

        void await(int jobs) throws InterruptedException {
            queueCapacity.await(jobs, () -> requestQueue.offer(new Jobs(jobs), jobs));
        }

        /** Takes in what has come, and grants so many jobs, if there are as many; gives how many there were. */
        long grant(int most) {
            requestQueue.asleep();
            for (Request<Integer, String> next = requestQueue.poll(); next != null; next = requestQueue.poll()) {
                held += ((Jobs) next).size();
            }
            long granted = Math.min(most, held);
            held -= granted;
            queueCapacity.update(held, 0);
            return granted;
        }

        /** As a retry does. */
        void comeBack(int jobs) {
            held += jobs;
            queueCapacity.update(held, 0);
        }
    }

    private static Thread start(ThrowingRunnable body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        return thread;
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.yield();
        }
    }

    @Test
    void admitsUpToItsCapacity() {
        Queue queue = new Queue(5);
        assertThat(queue.offer(3)).isTrue();
        assertThat(queue.offer(3)).isFalse();
        assertThat(queue.offer(2)).isTrue();
        queue.grant(0);
        assertThat(queue.offer(1)).as("was taken in, and waits").isFalse();
        queue.grant(1);
        assertThat(queue.offer(2)).isFalse();
        assertThat(queue.offer(1)).isTrue();
    }

    @Test
    void whatComesBackTakesItsPlaceEvenIfThereIsNone() {
        Queue queue = new Queue(2);
        queue.comeBack(3);
        queue.grant(1);
        assertThat(queue.offer(1)).isFalse();
        queue.grant(1);
        assertThat(queue.offer(1)).isTrue();
    }

    /** The submitter of a batch may have run all of its jobs by then. */
    @Test
    void noJobsNeedNoPlace() {
        Queue queue = new Queue(1);
        queue.comeBack(2);
        assertThat(queue.offer(0)).isTrue();
    }

    @Test
    void whatActorsSendTakesRoomToo() {
        Queue queue = new Queue(2);
        assertThat(queue.queueCapacity.admit(2)).isTrue();
        queue.comeBack(2);
        assertThat(queue.offer(1)).isFalse();
        assertThat(queue.queueCapacity.admit(1)).isFalse();
        queue.grant(2);
        assertThat(queue.offer(2)).isTrue();
    }

    @Test
    void anUnlimitedOneAdmitsEverything() {
        RequestQueue<Integer, String> requestQueue = new RequestQueue<>();
        QueueCapacity queueCapacity = QueueCapacity.unlimited(requestQueue);
        assertThat(queueCapacity.admit(Integer.MAX_VALUE)).isTrue();
        assertThat(queueCapacity.admit(Integer.MAX_VALUE)).isTrue();
        assertThat(requestQueue.offer(new Jobs(Integer.MAX_VALUE), Integer.MAX_VALUE))
                .isTrue();
        assertThat(queueCapacity.isCounted()).isFalse();
    }

    @Test
    void aClosedOneAdmitsEverything() {
        Queue queue = new Queue(1);
        assertThat(queue.offer(1)).isTrue();
        queue.queueCapacity.close();
        assertThat(queue.offer(1)).isTrue();
        queue.comeBack(7);
        assertThat(queue.offer(1)).as("for good").isTrue();
    }

    @Test
    void whoIsIdleTakesWhatGoesBeyondTheCapacity() {
        Queue queue = new Queue(2);
        queue.queueCapacity.update(0, 3);
        assertThat(queue.offer(6)).isFalse();
        assertThat(queue.offer(5)).isTrue();
        queue.grant(3);
        assertThat(queue.offer(1)).as("nobody is idle any more").isFalse();
    }

    @Test
    void rejectedJobsAreToldOnce() {
        Queue queue = new Queue(2);
        queue.queueCapacity.reject(3);
        queue.queueCapacity.reject(4);
        assertThat(queue.queueCapacity.takeRejected()).isEqualTo(7);
        assertThat(queue.queueCapacity.takeRejected()).isZero();
    }

    @Test
    void saysWhyThereIsNoRoomAndWhatToDo() {
        QueueCapacity queueCapacity = new Queue(2).queueCapacity;
        assertThat(queueCapacity.reason("p", 3))
                .isEqualTo("the queue of pool 'p' is full: there is no room for 3 more jobs, queue-capacity is 2");
        assertThat(queueCapacity.tooLarge("p", 9))
                .isEqualTo("a batch of 9 jobs is larger than the queue of pool 'p', whose queue-capacity is 2;"
                        + " submit it in parts");
    }

    @Test
    void isAsLargeAsTheSettingsSay() {
        WorkerPoolSettings settings = WorkerPoolSettings.create(ConfigFactory.load(), "p");
        assertThat(QueueCapacity.of(settings, new RequestQueue<>()).isUnlimited())
                .isTrue();
        QueueCapacity bounded =
                QueueCapacity.of(settings.withQueueCapacity(7, WhenFull.DROP_OLDEST), new RequestQueue<>());
        assertThat(bounded.isUnlimited()).isFalse();
        assertThat(bounded.capacity()).isEqualTo(7);
        assertThat(bounded.isCounted())
                .as("by submitters: the dispatcher drops the oldest")
                .isFalse();
        assertThat(bounded.admit(1)).as("the dispatcher sees to it").isFalse();
    }

    /** Singles would fit for ever, while there is never room for a batch. */
    @Test
    @Timeout(60)
    void nobodyOvertakesWhoWaits() throws InterruptedException {
        Queue queue = new Queue(10);
        assertThat(queue.offer(10)).isTrue();
        List<Integer> order = new CopyOnWriteArrayList<>();
        int[] sizes = {10, 1, 3, 1};
        List<Thread> threads = new ArrayList<>();
        for (int size : sizes) {
            Thread thread = start(() -> {
                queue.await(size);
                order.add(size);
            });
            awaitWaiting(thread);
            threads.add(thread);
        }
        assertThat(queue.queueCapacity.isAwaited()).isTrue();
        for (int i = 0; i < 9; i++) {
            queue.grant(1);
            assertThat(queue.queueCapacity.admit(1)).as("nor does an actor").isFalse();
        }
        assertThat(order).isEmpty();
        queue.grant(1);
        threads.get(0).join();
        assertThat(order).containsExactly(10);
        queue.grant(4);
        threads.get(2).join();
        threads.get(1).join();
        assertThat(order.subList(0, 3)).containsExactlyInAnyOrder(10, 1, 3);
        queue.grant(1);
        threads.get(3).join();
        assertThat(queue.queueCapacity.isAwaited()).isFalse();
    }

    @Test
    @Timeout(60)
    void whoIsInterruptedLeavesTheRoomToTheNext() throws InterruptedException {
        Queue queue = new Queue(4);
        assertThat(queue.offer(3)).isTrue();
        Thread batch = start(() -> assertThatThrownBy(() -> queue.await(4)).isInstanceOf(InterruptedException.class));
        awaitWaiting(batch);
        Thread second = start(() -> assertThatThrownBy(() -> queue.await(1)).isInstanceOf(InterruptedException.class));
        awaitWaiting(second);
        Thread third = start(() -> queue.await(1));
        awaitWaiting(third);
        second.interrupt();
        second.join();
        assertThat(third.isAlive()).isTrue();
        batch.interrupt();
        batch.join();
        third.join();
        assertThat(queue.offer(1)).isFalse();
        assertThat(queue.queueCapacity.isAwaited()).isFalse();
    }

    @Test
    @Timeout(60)
    void closingWakesAllThatWait() throws InterruptedException {
        Queue queue = new Queue(1);
        assertThat(queue.offer(1)).isTrue();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(start(() -> queue.await(1)));
            awaitWaiting(waiters.get(i));
        }
        queue.queueCapacity.close();
        for (Thread waiter : waiters) {
            waiter.join();
        }
    }

    /**
     * Threads that wait with singles and batches, some of which are interrupted, and a dispatcher that grants in pieces: none waits for ever, the bound holds
     * at every moment, and in the end all of the room is there. {@code -Dstress.seed} repeats a run.
     */
    @Test
    @Timeout(120)
    void nobodyWaitsWhileThereIsRoom() throws InterruptedException {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        LOG.info("stress.seed={}", seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20 * Integer.getInteger("stress.scale", 1); round++) {
            int capacity = 1 + random.nextInt(8);
            Queue queue = new Queue(capacity);
            AtomicInteger entered = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SplittableRandom own = random.split();
                threads.add(start(() -> {
                    for (int n = 0; n < 300; n++) {
                        int jobs = 1 + own.nextInt(capacity);
                        if (own.nextInt(8) == 0) {
                            Thread.currentThread().interrupt();
                        }
                        try {
                            queue.await(jobs);
                            entered.addAndGet(jobs);
                        } catch (InterruptedException e) {
                            LOG.trace("it was not admitted");
                        }
                    }
                }));
            }
            SplittableRandom own = random.split();
            long granted = 0;
            while (threads.stream().anyMatch(Thread::isAlive) || granted < entered.get()) {
                queue.grant(0);
                assertThat(queue.held).isLessThanOrEqualTo(capacity);
                granted += queue.grant(own.nextInt(capacity + 1));
            }
            assertThat(granted).isEqualTo(entered.get());
            assertThat(queue.offer(capacity)).isTrue();
        }
    }
}
