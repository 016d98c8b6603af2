package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three pools over processes while everything goes wrong that may. Small by default; {@code -Dsoak.minutes=60} runs for an hour, {@code -Dsoak.seed=…}
 * makes the same decisions again. A failure names the seed.
 */
class ClusterSoakTest {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSoakTest.class);
    private static final Duration SHORT = Duration.ofSeconds(6);
    private static final long TICK_NS = 20_000_000L;
    private static final long LEASE_MS = 1_000;
    private static final int PROCESSES = 3;

    /** What goes wrong. */
    private enum Fault {
        KILL,
        SUSPENSION,
        CUT,
        HANG,
        LEAVE,
        JOIN
    }

    /** A process, and the network by which others reach it. */
    private record Worker(Member process, CuttableProxy network) {}

    private record Later(long atNs, Runnable action) {}

    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparingLong(Later::atNs));
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final List<Worker> workers = new ArrayList<>();
    private WorkingNodes processes;
    private CuttableProxy networkOfTheTest;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // on demand it takes as long as one likes
    void eachJobHasOneOutcomeWhateverGoesWrong() throws Exception {
        int minutes = Integer.getInteger("soak.minutes", 0);
        long seed = Long.getLong("soak.seed", System.nanoTime() >>> 8 << 8);
        LOG.warn("seed {}", seed);
        Random random = new Random(seed);
        networkOfTheTest = new CuttableProxy(WorkingNodes.freePort());
        try (Nodes nodes = new Nodes()) {
            ActorSystem<Void> system = nodes.start(WorkingNodes.behind(networkOfTheTest));
            processes = new WorkingNodes(system, directory);
            for (int i = 0; i < PROCESSES; i++) {
                start();
            }
            soak(system, random, minutes == 0 ? SHORT : Duration.ofMinutes(minutes));
        } catch (Throwable t) {
            throw new AssertionError("seed " + seed, t);
        } finally {
            processes.close();
            workers.forEach(each -> each.network().close());
            networkOfTheTest.close();
        }
    }

    private void soak(ActorSystem<?> system, Random random, Duration time) throws Exception {
        List<SoakSubmitter> submitters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            submitters.add(new SoakSubmitter(system, processes, new Random(random.nextLong())));
        }
        try {
            submitters.forEach(Thread::start);
            in(500, () -> next(random));
            long untilNs = System.nanoTime() + time.toNanos();
            while (System.nanoTime() - untilNs < 0) {
                tick();
                LockSupport.parkNanos(TICK_NS);
            }
            heal();
            submitters.forEach(SoakSubmitter::finish);
            await().atMost(PoolTest.LONG.multipliedBy(2)).until(() -> {
                tick();
                return submitters.stream().noneMatch(Thread::isAlive);
            });
            LOG.warn("{}; {}", counts, submitters);
            for (SoakSubmitter submitter : submitters) {
                submitter.check();
            }
            assertThat(processes.entries("crowd"))
                    .as("more jobs at a time than workers")
                    .isEmpty();
        } finally {
            heal();
            submitters.forEach(SoakSubmitter::close);
        }
    }

    private void start() {
        try {
            CuttableProxy network = new CuttableProxy(WorkingNodes.freePort());
            workers.add(new Worker(processes.start(WorkingNodes.behind(network)), network));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Does what is due, and has others take the place of those that have ended. */
    private void tick() {
        while (!later.isEmpty() && later.peek().atNs() - System.nanoTime() <= 0) {
            later.poll().action().run();
        }
        processes.downEnded();
        while (alive().size() < PROCESSES) {
            start();
        }
    }

    private List<Worker> alive() {
        return workers.stream().filter(each -> each.process().jvm().isAlive()).toList();
    }

    private void in(long ms, Runnable action) {
        later.add(new Later(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms), action));
    }

    private static long between(Random random, long fromMs, long toMs) {
        return fromMs + random.nextLong(toMs - fromMs);
    }

    private void next(Random random) {
        in(between(random, 300, 3_000), () -> next(random));
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        List<Worker> alive = alive();
        if (alive.isEmpty()) {
            return;
        }
        Worker worker = alive.get(random.nextInt(alive.size()));
        CuttableProxy network = random.nextInt(4) == 0 ? networkOfTheTest : worker.network();
        counts.merge(fault, 1, Integer::sum);
        switch (fault) {
            case KILL -> worker.process().jvm().kill();
            case SUSPENSION -> {
                worker.process().jvm().suspend();
                in(between(random, 100, 4 * LEASE_MS), () -> resume(worker));
            }
            case CUT -> network.cut();
            case HANG -> {
                network.hang();
                boolean losesWhatWaits = random.nextBoolean();
                in(between(random, 100, 4 * LEASE_MS), () -> {
                    if (losesWhatWaits) {
                        network.cut();
                    }
                    network.heal();
                });
            }
            case LEAVE -> worker.process().jvm().terminate();
            case JOIN -> {
                if (alive.size() < 2 * PROCESSES) {
                    start();
                }
            }
        }
    }

    private static void resume(Worker worker) {
        if (worker.process().jvm().isAlive()) {
            worker.process().jvm().resume();
        }
    }

    /** Ends all faults, and makes no more. */
    private void heal() {
        later.clear();
        networkOfTheTest.heal();
        workers.forEach(each -> {
            each.network().heal();
            resume(each);
        });
    }
}
