package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pool that is closed leaves nothing behind: no thread, no actor, no reference. */
class LeakTest extends PoolTest {
    private static final int POOLS = 1_000;

    private static Set<String> poolThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("test-.*-(worker|signals)-.*"))
                .collect(Collectors.toSet());
    }

    private List<String> poolActors() {
        String tree =
                akka.actor.typed.javadsl.Adapter.toClassic(system) instanceof akka.actor.ExtendedActorSystem extended
                        ? extended.printTree()
                        : "";
        return tree.lines().filter(line -> line.contains("workpool-")).toList();
    }

    @Test
    void aThousandPoolsLeaveNoThreadNoActorAndNoReference() throws Exception {
        List<WeakReference<Object>> references = new ArrayList<>();
        List<PoolKind> kinds = PoolKind.all().toList();
        for (int i = 0; i < POOLS; i++) {
            openUseAndClose(kinds.get(i % kinds.size()), references);
        }
        assertThat(poolThreads()).isEmpty(); // at once: close() has waited for them
        await().atMost(LONG).untilAsserted(() -> assertThat(poolActors()).isEmpty());
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(references)
                    .filteredOn(reference -> reference.get() != null)
                    .isEmpty();
        });
    }

    private void openUseAndClose(PoolKind kind, List<WeakReference<Object>> references) throws Exception {
        byte[] heavy = new byte[10_000];
        WorkerPool<Integer, byte[]> pool = kind.start(system, settings(2), (job, context) -> {
            return job == -1 ? heavy.clone() : null;
        });
        Batch<byte[]> batch = pool.submitAll(List.of(1, 2, 3));
        pool.submit(4);
        CompletableFuture<byte[]> cancelled = pool.submit(5);
        cancelled.cancel(true);
        get(batch.result());
        pool.close();
        references.add(new WeakReference<>(heavy));
        references.add(new WeakReference<>(pool));
    }

    /** A pool that lives on holds on to neither the jobs nor the results of batches that are complete. */
    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void aBatchThatIsCompleteIsForgotten(PoolKind kind) throws Exception {
        try (WorkerPool<Object, Object> pool = kind.start(system, settings(2), (job, context) -> new Object())) {
            List<WeakReference<Object>> references = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Object job = new Object();
                Batch<Object> batch = pool.submitAll(List.of(job, new Object()));
                Object value = get(batch.result()).values().get(0);
                Object single = get(pool.submit(job));
                references.add(new WeakReference<>(job));
                references.add(new WeakReference<>(value));
                references.add(new WeakReference<>(single));
            }
            await().atMost(LONG).untilAsserted(() -> {
                System.gc();
                assertThat(references)
                        .filteredOn(reference -> reference.get() != null)
                        .isEmpty();
            });
        }
    }

    /** What a user holds on to, the pool's handle, keeps no actor alive. */
    @Test
    void aClosedPoolsActorIsGone() throws Exception {
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job);
        ActorRef<PoolCommand<Integer, Integer>> ref = pool.ref();
        get(pool.drain());
        kit.createTestProbe().expectTerminated(ref, LONG);
    }
}
