package dev.workpool.functional.durable;

import dev.workpool.functional.durable.SoakFleet.Member;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.TestPostgres;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What goes wrong during the soak: one fault after another, some of them at the same time, each over after a while. Used by the thread of the test
 * alone.
 */
final class SoakFaults {
    /** A kind of fault. */
    enum Fault {
        KILL,
        SUSPENSION,
        CUT,
        HANG,
        REFUSAL,
        LOST_ANSWER,
        SERVER_STOP
    }

    private record Later(long atNs, Runnable action) {}

    private static final long LEASE_MS = SoakQueues.LEASE.toMillis();

    private final TestPostgres server;
    private final SoakFleet fleet;
    private final CuttableProxy networkOfTheTest;
    private final Random random;
    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparingLong(Later::atNs));
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private boolean isServerDown;

    SoakFaults(TestPostgres server, SoakFleet fleet, CuttableProxy networkOfTheTest, Random random) {
        this.server = server;
        this.fleet = fleet;
        this.networkOfTheTest = networkOfTheTest;
        this.random = random;
        in(500, this::next);
    }

    /** Does what is due. */
    void tick() {
        while (!later.isEmpty() && later.peek().atNs() - System.nanoTime() <= 0) {
            later.poll().action().run();
        }
        fleet.restartEnded();
    }

    private void in(long ms, Runnable action) {
        later.add(new Later(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms), action));
    }

    private long between(long fromMs, long toMs) {
        return fromMs + random.nextLong(toMs - fromMs);
    }

    private void next() {
        in(between(100, 1_500), this::next);
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        Member member = fleet.any();
        CuttableProxy network = random.nextInt(4) == 0 ? networkOfTheTest : member.network;
        if (fault == Fault.SERVER_STOP && isServerDown) {
            return;
        }
        counts.merge(fault, 1, Integer::sum);
        switch (fault) {
            case KILL -> member.kill();
            case SUSPENSION -> {
                member.suspend();
                in(between(LEASE_MS, 4 * LEASE_MS), member::resume);
            }
            case CUT -> network.cut();
            case HANG -> {
                network.hang();
                in(between(100, 3 * LEASE_MS), () -> {
                    if (random.nextBoolean()) {
                        network.cut(); // and what is under way never arrives
                    }
                    network.heal();
                });
            }
            case REFUSAL -> {
                network.refuse();
                network.cut();
                in(between(100, 2 * LEASE_MS), network::heal);
            }
            case LOST_ANSWER -> network.loseAnswer("COMMIT");
            case SERVER_STOP -> {
                isServerDown = true;
                server.stopImmediately();
                in(between(1, 2 * LEASE_MS), () -> {
                    server.startAgain();
                    isServerDown = false;
                });
            }
        }
    }

    /** Ends all faults, and makes no more. */
    void end() {
        later.clear();
        if (isServerDown) {
            server.startAgain();
            isServerDown = false;
        }
        networkOfTheTest.heal();
        fleet.all().forEach(member -> {
            member.network.heal();
            member.resume();
        });
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
