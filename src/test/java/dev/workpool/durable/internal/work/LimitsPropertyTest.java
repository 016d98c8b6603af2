package dev.workpool.durable.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.store.LimitTable;
import dev.workpool.durable.internal.store.Limits.Ask;
import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.settings.RateLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Processes that share the limits of a queue, on simulated time: with answers that are late by seconds or lost, pools
 * that are busy with something else, processes that are stopped beyond their lease and go on, and some that die.
 */
class LimitsPropertyTest {
    private static final long MS = 1_000_000;
    private static final long STEP_MS = 5;
    private static final long LEASE_MS = 6_000;

    static LongStream seeds() {
        return LongStream.range(1, Long.getLong("limits.seeds", 120));
    }

    /** A process: it asks, hears the answer later, passes jobs on to its pool, and begins them as it may. */
    private static final class Worker {
        final String name;
        final int workers;
        final Throttle throttle;
        final List<Long> ends = new ArrayList<>();
        final Random random;
        final boolean hasFaults;
        int queuedInPool;
        int begun;
        long nextAskMs;
        Leased answer;
        long answerMs;
        long askedMs;
        boolean isAsking;
        boolean isDead;
        long stoppedUntilMs;
        long busyUntilMs;

        Worker(String name, int workers, boolean hasFaults, Random random) {
            this.name = name;
            this.workers = workers;
            this.random = random;
            this.hasFaults = hasFaults;
            this.throttle = new Throttle(workers, true, () -> 0);
            throttle.begin();
        }

        int running() {
            return ends.size() + queuedInPool;
        }

        boolean isStopped(long nowMs) {
            return nowMs < stoppedUntilMs;
        }

        void step(long nowMs, LimitTable table, List<Long> begins) {
            if (hasFaults && !isStopped(nowMs) && random.nextInt(2_000) == 0) {
                stoppedUntilMs = nowMs + random.nextInt(3 * (int) LEASE_MS);
            }
            if (isStopped(nowMs)) {
                return;
            }
            int before = ends.size();
            ends.removeIf(end -> end <= nowMs);
            if (throttle.isOverdue(nowMs * MS)) {
                ends.clear(); // the actor stops them
                queuedInPool = 0;
            }
            throttle.ended(before - ends.size());
            if (isAsking && nowMs >= answerMs) {
                isAsking = false;
                if (answer != null) {
                    throttle.lease(answer, (askedMs + LEASE_MS * 5 / 6) * MS, nowMs * MS);
                }
                nextAskMs = nowMs + 200;
            }
            if (!isAsking && nowMs >= nextAskMs) {
                ask(nowMs, table);
            }
            if (hasFaults && random.nextInt(500) == 0) {
                busyUntilMs = nowMs + random.nextInt(4_000); // other jobs have all workers
            }
            queuedInPool += throttle.pass(1_000, running(), queuedInPool, nowMs * MS);
            while (nowMs >= busyUntilMs && queuedInPool > 0 && ends.size() < workers) {
                queuedInPool--;
                if (!throttle.begin(nowMs * MS)) {
                    continue; // it waits for a permit again
                }
                ends.add(nowMs + 20 + random.nextInt(300));
                begins.add(nowMs);
                begun++;
            }
        }

        private void ask(long nowMs, LimitTable table) {
            isAsking = true;
            askedMs = nowMs;
            boolean isSlow = hasFaults && random.nextInt(20) == 0;
            answerMs = nowMs + random.nextInt(isSlow ? (int) LEASE_MS : 50);
            Ask ask = new Ask(
                    1,
                    name,
                    throttle.holds(0, nowMs * MS),
                    workers,
                    throttle.rate(),
                    throttle.holdsUnits(nowMs * MS),
                    throttle.wantedUnits(1_000, running(), nowMs * MS),
                    throttle.takeSurplus(),
                    LEASE_MS);
            answer = table.lease(ask, nowMs); // the store answers at once, and the answer is on its way
            if (hasFaults && random.nextInt(50) == 0) {
                answer = null; // it is lost
            }
        }
    }

    private static List<Worker> processes(int number, int most, boolean hasFaults, Random random) {
        return IntStream.range(0, number)
                .mapToObj(i -> new Worker("p" + i, most == 0 ? 200 : 1 + random.nextInt(most), hasFaults, random))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverMoreJobsRunThanAllMayAndNobodyStarves(long seed) {
        Random random = new Random(seed);
        boolean hasFaults = random.nextBoolean();
        int limit = 1 + random.nextInt(10);
        LimitTable table = new LimitTable(OptionalInt.of(limit), Optional.empty());
        List<Worker> processes = processes(1 + random.nextInt(4), 8, hasFaults, random);
        for (long nowMs = 0; nowMs < 60_000; nowMs += STEP_MS) {
            long now = nowMs;
            for (Worker each : processes) {
                if (nowMs == 10_000 && processes.indexOf(each) == 1 && random.nextBoolean()) {
                    each.isDead = true;
                    each.ends.clear();
                }
                List<Long> begins = new ArrayList<>();
                if (!each.isDead) {
                    each.step(nowMs, table, begins);
                }
                // What a process that was stopped still has is stopped by it as soon as it goes on.
                int running = processes.stream()
                        .filter(p -> !p.throttle.isOverdue(now * MS))
                        .mapToInt(p -> p.ends.size())
                        .sum();
                assertThat(running).as("seed %s at %s", seed, nowMs).isLessThanOrEqualTo(limit);
            }
            if (nowMs == 20_000) {
                processes.forEach(each -> each.begun = 0);
            }
        }
        List<Worker> alive = processes.stream().filter(each -> !each.isDead).toList();
        int capacity =
                Math.min(limit, alive.stream().mapToInt(each -> each.workers).sum());
        double begun = alive.stream().mapToInt(each -> each.begun).sum();
        if (hasFaults) {
            assertThat(begun).isPositive();
            return;
        }
        assertThat(begun).as("jobs of 170 ms in 40 s").isGreaterThan(0.6 * capacity * 40_000 / 170);
        for (Worker each : alive) {
            double fair = Math.min(each.workers, (double) limit / alive.size());
            assertThat(each.begun).as(each.name).isGreaterThan((int) (0.4 * fair * 40_000 / 170));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void inNoIntervalMoreJobsBeginThanTheRateAllowsAndNotManyFewer(long seed) {
        Random random = new Random(seed);
        boolean hasFaults = random.nextBoolean();
        double perSecond = Math.pow(10, random.nextDouble() * 3 - 0.3); // 0.5 to 500
        RateLimit rate = random.nextBoolean()
                ? RateLimit.perSecond(perSecond)
                : new RateLimit(perSecond, 1 + random.nextInt(50));
        long sinceMs = 100_000;
        LimitTable table = new LimitTable(OptionalInt.empty(), Optional.of(rate));
        table.setRate(sinceMs);
        List<Worker> processes = processes(1 + random.nextInt(4), 0, hasFaults, random);
        List<Long> begins = new ArrayList<>();
        for (long nowMs = sinceMs; nowMs < sinceMs + 40_000; nowMs += STEP_MS) {
            for (Worker each : processes) {
                each.step(nowMs, table, begins);
            }
        }
        checkEveryInterval(seed, rate, begins);
        if (hasFaults) {
            return;
        }
        assertThat(begins.size()).as("seed %s", seed).isGreaterThan((int) (0.8 * perSecond * 40) - 2);
        for (Worker each : processes) {
            double fair = perSecond * 40 / processes.size();
            assertThat(each.begun).as(each.name).isGreaterThan((int) (0.3 * fair) - 2);
        }
    }

    /** A bucket that holds the burst and is filled at the rate is never empty. */
    private static void checkEveryInterval(long seed, RateLimit rate, List<Long> begins) {
        Deque<Long> sorted = new ArrayDeque<>(begins.stream().sorted().toList());
        double level = rate.burst();
        long atMs = sorted.isEmpty() ? 0 : sorted.peek();
        for (long begin : sorted) {
            level = Math.min(rate.burst(), level + (begin - atMs) * rate.perSecond() / 1_000) - 1;
            atMs = begin;
            assertThat(level).as("seed %s at %s, %s", seed, begin, rate).isGreaterThan(-1e-6);
        }
    }
}
