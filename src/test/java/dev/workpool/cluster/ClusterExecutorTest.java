package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.SerializableCallable;
import dev.workpool.cluster.job.SerializableRunnable;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.ExecutorTest;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What {@link java.util.concurrent.ExecutorService} says of tasks, where they run on two other nodes. */
class ClusterExecutorTest {
    private static final Nodes NODES = new Nodes();

    /** What tasks share with the test: by the executor's name, since they travel as bytes. */
    private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

    private static ActorSystem<Void> submitting;
    private static ActorSystem<Void> one;
    private static ActorSystem<Void> other;

    private String name;
    private ClusterExecutor executor;
    private final List<ClusterWorkers> workers = new ArrayList<>();

    private static final class Shared {
        final CountDownLatch begun = new CountDownLatch(2);
        final CountDownLatch released = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(2);
        final AtomicInteger runs = new AtomicInteger();
    }

    private static final class Unserializable {}

    @SuppressWarnings("serial") // that is the point
    private record Holder(Object held) implements SerializableCallable<String> {
        @Override
        public String call() {
            return "held";
        }
    }

    @BeforeAll
    static void startNodes() {
        submitting = NODES.start("one-callback { type = Dispatcher, executor = thread-pool-executor,"
                + " thread-pool-executor.fixed-pool-size = 1, throughput = 1 }");
        one = NODES.start();
        other = NODES.start();
    }

    @AfterAll
    static void stopNodes() {
        NODES.close();
    }

    @BeforeEach
    void start(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
        SHARED.put(name, new Shared());
        executor = ClusterExecutor.start(submitting, name);
    }

    @AfterEach
    void stop() throws InterruptedException {
        shared(name).released.countDown();
        executor.shutdownNow();
        assertThat(executor.awaitTermination(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        workers.forEach(ClusterWorkers::close);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static Shared shared(String name) {
        return SHARED.get(name);
    }

    private WorkerPoolSettings settings(ActorSystem<?> system) {
        return WorkerPoolSettings.create(system, name).withWorkers(1);
    }

    /** One on each of two nodes. */
    private void startWorkers() {
        workers.add(ClusterWorkers.startTasks(one, settings(one)));
        workers.add(ClusterWorkers.startTasks(other, settings(other)));
        await().atMost(PoolTest.LONG)
                .until(() -> executor.nodes().stream()
                                .filter(node -> node.state() == ClusterNode.State.WORKING)
                                .count()
                        == 2);
    }

    private static void awaitOnCallback(CountDownLatch latch) {
        try {
            ExecutorTest.awaitLatch(latch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static SerializableCallable<String> blocker(String name) {
        return () -> {
            shared(name).begun.countDown();
            try {
                shared(name).released.await();
            } catch (InterruptedException e) {
                shared(name).interrupted.countDown();
                throw e;
            }
            return "released";
        };
    }

    @Test
    void tasksRunOnAllNodesAndTheirResultsComeBack() throws Exception {
        startWorkers();
        String mine = name;
        List<Future<String>> futures = IntStream.range(0, 2)
                .<Future<String>>mapToObj(i -> executor.submit(() -> {
                    shared(mine).begun.countDown();
                    shared(mine).begun.await(); // both at a time, so on both nodes
                    return "task " + i;
                }))
                .toList();
        assertThat(get(futures.get(0))).isEqualTo("task 0");
        assertThat(get(futures.get(1))).isEqualTo("task 1");
        assertThat(workers).allMatch(each -> each.snapshot().succeeded() == 1);
        Future<Object> nothing = executor.submit(() -> null);
        assertThat(get(nothing)).isNull();
        Object local = new Unserializable();
        assertThat(get(executor.submit(
                        (Runnable & java.io.Serializable)
                                () -> shared(mine).runs.incrementAndGet(),
                        local)))
                .isSameAs(local);
        assertThat(get(executor.submit(
                        (SerializableRunnable) () -> shared(mine).runs.incrementAndGet())))
                .isNull();
        assertThat(shared(mine).runs).hasValue(2);
    }

    @Test
    void aTaskIsWhatItWasWhenItWasSubmitted() throws Exception {
        ArrayList<String> words = new ArrayList<>(List.of("as", "it", "was"));
        CompletableFuture<String> future = executor.submit(() -> String.join(" ", words));
        words.set(2, "is");
        startWorkers();
        assertThat(get(future)).isEqualTo("as it was");
    }

    @Test
    void aTaskThatIsNotSerializableIsRefusedByName() {
        Callable<String> task = () -> "here";
        assertThatThrownBy(() -> executor.submit(task))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(ClusterExecutorTest.class.getName())
                .hasMessageContaining("SerializableCallable");
        Runnable command = () -> {};
        assertThatThrownBy(() -> executor.execute(command)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAll(List.of(task))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.execute(new FutureTask<>(() -> "mine")))
                .hasMessageContaining("java.util.concurrent.FutureTask is not serializable");
        assertThat(executor.snapshot().accepted()).isZero();
    }

    @Test
    void aTaskThatRefersToWhatIsNotSerializableIsRefusedByBothNames() {
        assertThatThrownBy(() -> executor.submit(new Holder(new Unserializable())))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("task " + Holder.class.getName())
                .hasMessageContaining(Unserializable.class.getName())
                .hasMessageContaining("local variables")
                .hasCauseInstanceOf(NotSerializableException.class);
        assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> "x", executor))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(CompletableFuture.class.getName());
    }

    @Test
    void aTaskThatIsTooLargeIsRefused() {
        try (ClusterExecutor small = ClusterExecutor.start(
                submitting,
                WorkerPoolSettings.create(submitting, name + "-small"),
                ClusterSettings.create(submitting, name).withMaxJobBytes(1_000))) {
            byte[] large = new byte[2_000];
            assertThatThrownBy(() ->
                            small.execute(() -> shared(new String(large, java.nio.charset.StandardCharsets.UTF_8))))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining(
                            "allowed by workpool.cluster.pools." + name + "-small.max-job-bytes: up to 1000");
        }
    }

    @Test
    void aResultThatIsNotSerializableFailsItsTaskByName() {
        startWorkers();
        Future<Object> future = executor.submit((SerializableCallable<Object>) () -> List.of(new Unserializable()));
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining(Unserializable.class.getName());
    }

    @Test
    void anErrorComesBack() {
        startWorkers();
        Future<Object> future = executor.submit((SerializableCallable<Object>) () -> {
            throw new IOException("of the task");
        });
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("of the task");
    }

    @Test
    void whatAnExecutedTaskThrowsIsLoggedWhereItRan() throws Exception {
        startWorkers();
        try (CapturedLog log = CapturedLog.of(ClusterExecutor.class.getName())) {
            executor.execute(() -> {
                throw new IllegalStateException("nobody waits for this");
            });
            await().atMost(PoolTest.LONG)
                    .until(() -> log.messages().stream().anyMatch(line -> line.contains("nobody waits for it")));
        }
        assertThat(get(executor.submit(() -> "lives"))).isEqualTo("lives");
    }

    @Test
    void cancellingStopsATaskThatRunsAndOneThatWaits() throws Exception {
        startWorkers();
        Future<String> first = executor.submit(blocker(name));
        Future<String> second = executor.submit(blocker(name));
        ExecutorTest.awaitLatch(shared(name).begun);
        String mine = name;
        Future<?> waiting =
                executor.submit((SerializableRunnable) () -> shared(mine).runs.incrementAndGet());
        assertThat(waiting.cancel(true)).isTrue();
        assertThat(first.cancel(true)).isTrue();
        assertThat(second.cancel(false)).isTrue();
        ExecutorTest.awaitLatch(shared(name).interrupted);
        assertThat(first.isCancelled()).isTrue();
        assertThatThrownBy(first::get).isInstanceOf(CancellationException.class);
        assertThat(get(executor.submit(() -> "goes on"))).isEqualTo("goes on");
        assertThat(shared(name).runs).hasValue(0);
    }

    @Test
    void allAreInvoked() throws Exception {
        startWorkers();
        List<SerializableCallable<Integer>> tasks = IntStream.range(0, 100)
                .<SerializableCallable<Integer>>mapToObj(i -> () -> {
                    if (i == 50) {
                        throw new IOException("fails");
                    }
                    return i;
                })
                .toList();
        List<Future<Integer>> futures = executor.invokeAll(tasks);
        assertThat(futures).hasSize(100).allMatch(Future::isDone);
        assertThat(futures.get(99).get()).isEqualTo(99);
        assertThatThrownBy(() -> futures.get(50).get()).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whatIsNotDoneInTimeIsCancelled() throws Exception {
        startWorkers();
        List<Future<String>> futures =
                executor.invokeAll(List.of(blocker(name), blocker(name)), 300, TimeUnit.MILLISECONDS);
        assertThat(futures).allMatch(Future::isCancelled);
    }

    @Test
    void anyIsInvokedAndTheOthersAreStopped() throws Exception {
        startWorkers();
        String mine = name;
        SerializableCallable<String> quick = () -> {
            shared(mine).begun.await(); // once both of the others run
            return "quick";
        };
        ClusterWorkers third = ClusterWorkers.startTasks(submitting, settings(submitting));
        workers.add(third);
        assertThat(executor.invokeAny(List.of(blocker(name), blocker(name), quick)))
                .isEqualTo("quick");
        ExecutorTest.awaitLatch(shared(name).interrupted);
    }

    @Test
    void aCompletionServiceIsToldOfWhatIsDone() throws Exception {
        startWorkers();
        ExecutorCompletionService<String> service = new ExecutorCompletionService<>(executor);
        String mine = name;
        service.submit(blocker(mine));
        service.submit((SerializableCallable<String>) () -> {
            shared(mine).begun.countDown();
            return "first";
        });
        assertThat(service.poll(60, TimeUnit.SECONDS).get()).isEqualTo("first");
        ExecutorTest.awaitLatch(shared(mine).begun);
        shared(mine).released.countDown();
        assertThat(service.poll(60, TimeUnit.SECONDS).get()).isEqualTo("released");
    }

    @Test
    void onceShutDownItRunsWhatItHasAndRejectsTheRest() throws Exception {
        startWorkers();
        List<Future<String>> futures = List.of(executor.submit(blocker(name)), executor.submit(blocker(name)));
        Future<String> waiting = executor.submit(() -> "waited");
        ExecutorTest.awaitLatch(shared(name).begun);
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.submit(() -> "late")).isInstanceOf(RejectedExecutionException.class);
        shared(name).released.countDown();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(futures).allMatch(Future::isDone);
        assertThat(get(waiting)).isEqualTo("waited");
    }

    /** Serialization goes as deep as what it writes. */
    @Test
    void aTaskThatRunsOutOfStackIsRejected() {
        Object[] deep = new Object[1];
        Object[] last = deep;
        for (int i = 0; i < 200_000; i++) {
            last[0] = new Object[1];
            last = (Object[]) last[0];
        }
        assertThatThrownBy(() -> executor.submit(new Holder(deep)))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(Holder.class.getName())
                .hasMessageContaining("StackOverflowError");
    }

    @Test
    void itHasTerminatedOnceEveryFutureIsComplete() throws Exception {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(submitting, name + "-one").withCallbackDispatcher("one-callback");
        ClusterExecutor told = ClusterExecutor.start(submitting, settings, ClusterSettings.create(submitting, name));
        CountDownLatch goOn = new CountDownLatch(1);
        List<CompletableFuture<String>> futures =
                List.of(told.submit(blocker(name)), told.submit(blocker(name)), told.submit(blocker(name)));
        List<CompletableFuture<String>> slow = futures.stream()
                .map(each -> each.whenComplete((value, error) -> awaitOnCallback(goOn)))
                .toList();
        told.shutdownNow();
        await().atMost(PoolTest.LONG).until(() -> futures.stream().anyMatch(Future::isDone));
        assertThat(told.awaitTermination(300, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(told.isTerminated()).isFalse();
        goOn.countDown();
        assertThat(told.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(told.isTerminated()).isTrue();
        assertThat(futures).allMatch(Future::isCancelled);
        CompletableFuture.allOf(slow.toArray(CompletableFuture[]::new))
                .exceptionally(cancelled -> null)
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void whoeverIsToldOfATaskMayCloseIt() throws Exception {
        startWorkers();
        get(executor.submit(() -> "done").thenRun(executor::close));
        assertThat(executor.isTerminated()).isTrue();
    }

    @Test
    void stoppedItInterruptsWhatRunsAndCancelsWhatWaits() throws Exception {
        startWorkers();
        List<Future<String>> futures =
                List.of(executor.submit(blocker(name)), executor.submit(blocker(name)), executor.submit(blocker(name)));
        ExecutorTest.awaitLatch(shared(name).begun); // by two of them
        assertThat(executor.shutdownNow()).isEmpty();
        ExecutorTest.awaitLatch(shared(name).interrupted);
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(PoolTest.LONG).until(() -> futures.stream().allMatch(Future::isCancelled));
    }

    @Test
    void closingWaitsForTasks() throws Exception {
        startWorkers();
        Future<String> future = executor.submit(blocker(name));
        ExecutorTest.Side<String> closing = new ExecutorTest.Side<>(() -> {
            executor.close();
            return "closed";
        });
        await().atMost(PoolTest.LONG).until(executor::isShutdown);
        assertThat(future.isDone()).isFalse();
        shared(name).released.countDown();
        assertThat(closing.get()).isEqualTo("closed");
        assertThat(get(future)).isEqualTo("released");
    }

    @Test
    void anInterruptedCloseCancelsTasks() throws Exception {
        startWorkers();
        Future<String> future = executor.submit(blocker(name));
        ExecutorTest.Side<Boolean> closing = new ExecutorTest.Side<>(() -> {
            Thread.currentThread().interrupt();
            executor.close();
            return Thread.currentThread().isInterrupted();
        });
        assertThat(closing.get()).isTrue();
        await().atMost(PoolTest.LONG).until(future::isCancelled);
    }

    @Test
    void aFullQueueRejects() {
        try (ClusterExecutor full = ClusterExecutor.start(
                submitting,
                WorkerPoolSettings.create(submitting, name + "-full").withQueueCapacity(2, WhenFull.REJECT),
                ClusterSettings.create(submitting, name))) {
            try {
                full.execute(() -> {});
                full.execute(() -> {});
                assertThatThrownBy(() -> full.execute(() -> {}))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("full");
            } finally {
                full.shutdownNow(); // else closing it would wait for nodes
            }
        }
    }

    @Test
    void classesThatTheFilterForbidsAreNotRead() throws Exception {
        workers.add(ClusterWorkers.startTasks(
                one, settings(one), ObjectInputFilter.Config.createFilter("java.lang.**;dev.workpool.**;!*")));
        assertThat(get(executor.submit(new Holder("text")))).isEqualTo("held");
        Future<String> forbidden = executor.submit(new Holder(new ArrayList<>()));
        assertThatThrownBy(() -> get(forbidden))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("filter status: REJECTED");
    }
}
