package dev.workpool.durable.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.Sharing;
import dev.workpool.durable.internal.store.Sharing.Claimant;
import dev.workpool.durable.internal.store.Sharing.Given;
import dev.workpool.durable.internal.store.SlotTimes;
import dev.workpool.settings.RateLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Processes that share the limits of a queue, on simulated time, with answers that are late and processes that die. */
class LimitsPropertyTest {
    private static final long MS = 1_000_000;
    private static final long STEP_MS = 5;
    private static final long LEASE_MS = 6_000;

    static LongStream seeds() {
        return LongStream.range(1, 120);
    }

    /** What the tables hold. */
    private static final class Table {
        final OptionalInt concurrency;
        final Optional<RateLimit> rate;
        final Map<String, Claimant> rows = new HashMap<>();
        final Map<String, Long> seenUntil = new HashMap<>();
        double nextSlot;

        Table(OptionalInt concurrency, Optional<RateLimit> rate) {
            this.concurrency = concurrency;
            this.rate = rate;
        }

        List<Claimant> live(long nowMs) {
            return rows.values().stream()
                    .filter(row -> seenUntil.get(row.owner()) >= nowMs)
                    .toList();
        }

        Leased lease(Claimant ask, int slots, boolean hasNoSlot, long nowMs) {
            List<Claimant> others = live(nowMs).stream()
                    .filter(row -> !row.owner().equals(ask.owner()))
                    .toList();
            Optional<Given> given = concurrency.isPresent()
                    ? Optional.of(Sharing.give(concurrency.getAsInt(), ask, others, nowMs / 5_000))
                    : Optional.empty();
            int asking =
                    1 + (int) others.stream().filter(row -> row.wants() > 0).count();
            SlotTimes taken = rate.map(
                            limit -> SlotTimes.take(limit, nextSlot, (double) nowMs, slots, hasNoSlot, asking))
                    .orElse(null);
            nextSlot = taken == null || taken.count() == 0 ? nextSlot : taken.next();
            rows.put(
                    ask.owner(),
                    new Claimant(ask.owner(), given.map(Given::share).orElse(ask.share()), ask.wants()));
            seenUntil.put(ask.owner(), nowMs + LEASE_MS);
            return new Leased(given, rate, taken, (double) nowMs);
        }
    }

    /** A process: it asks, hears the answer later, and begins jobs as it may. */
    private static final class Worker {
        final String name;
        final int workers;
        final Throttle throttle;
        final List<Long> ends = new ArrayList<>();
        final Random random;
        int waiting;
        int begun;
        long nextAskMs;
        Leased answer;
        long answerMs;
        long askedMs;
        boolean isAsking;
        boolean isDead;

        Worker(String name, int workers, Random random) {
            this.name = name;
            this.workers = workers;
            this.random = random;
            this.throttle = new Throttle(workers);
            throttle.begin(Long.MAX_VALUE / 2);
            waiting = 1_000_000;
        }

        void step(long nowMs, Table table, List<Long> begins) {
            ends.removeIf(end -> end <= nowMs);
            if (isAsking && nowMs >= answerMs) {
                isAsking = false;
                throttle.lease(answer, (askedMs + LEASE_MS * 5 / 6) * MS, nowMs * MS);
                boolean isSoon = answer.concurrency().map(Given::isWaiting).orElse(false)
                        || answer.rate().isPresent();
                nextAskMs = nowMs + (isSoon ? 200 : 1_000);
            }
            if (!isAsking && nowMs >= nextAskMs) {
                isAsking = true;
                askedMs = nowMs;
                answerMs = nowMs + random.nextInt(150);
                Claimant mine = new Claimant(name, throttle.holds(ends.size()), Math.min(workers, waiting));
                answer = table.lease(
                        mine, throttle.wantedSlots(waiting, nowMs * MS), throttle.hasNoSlot(nowMs * MS), nowMs);
            }
            // A pool begins no more than it has workers.
            int free = Math.min(waiting, workers - ends.size());
            int taken = throttle.take(free, ends.size(), nowMs * MS);
            for (int i = 0; i < taken; i++) {
                ends.add(nowMs + 20 + random.nextInt(300));
                begins.add(nowMs);
            }
            begun += taken;
            waiting -= taken;
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverMoreJobsRunThanAllMayAndNobodyStarves(long seed) {
        Random random = new Random(seed);
        int limit = 1 + random.nextInt(10);
        Table table = new Table(OptionalInt.of(limit), Optional.empty());
        List<Worker> processes = IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(i -> new Worker("p" + i, 1 + random.nextInt(8), random))
                .toList();
        for (long nowMs = 0; nowMs < 60_000; nowMs += STEP_MS) {
            for (Worker each : processes) {
                if (nowMs == 10_000 && processes.indexOf(each) == 1 && random.nextBoolean()) {
                    each.isDead = true;
                    each.ends.clear();
                }
                if (!each.isDead) {
                    each.step(nowMs, table, new ArrayList<>());
                }
                int running = processes.stream().mapToInt(p -> p.ends.size()).sum();
                assertThat(running).as("at %s", nowMs).isLessThanOrEqualTo(limit);
                assertThat(table.live(nowMs).stream().mapToInt(Claimant::share).sum())
                        .isLessThanOrEqualTo(limit);
            }
            if (nowMs == 20_000) {
                processes.forEach(each -> each.begun = 0);
            }
        }
        List<Worker> alive = processes.stream().filter(each -> !each.isDead).toList();
        int capacity =
                Math.min(limit, alive.stream().mapToInt(each -> each.workers).sum());
        double begun = alive.stream().mapToInt(each -> each.begun).sum();
        assertThat(begun).as("jobs of 170 ms in 40 s").isGreaterThan(0.6 * capacity * 40_000 / 170);
        for (Worker each : alive) {
            double fair = Math.min(each.workers, (double) limit / alive.size());
            assertThat(each.begun).as(each.name).isGreaterThan((int) (0.4 * fair * 40_000 / 170));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noMoreJobsBeginThanTheRateAllowsAndNotManyFewer(long seed) {
        Random random = new Random(seed);
        double perSecond = Math.pow(10, random.nextDouble() * 3 - 0.3); // 0.5 to 500
        RateLimit rate = random.nextBoolean()
                ? RateLimit.perSecond(perSecond)
                : new RateLimit(perSecond, 1 + random.nextInt(50));
        Table table = new Table(OptionalInt.empty(), Optional.of(rate));
        List<Worker> processes = IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(i -> new Worker("p" + i, 200, random))
                .toList();
        List<Long> begins = new ArrayList<>();
        for (long nowMs = 100_000; nowMs < 140_000; nowMs += STEP_MS) {
            for (Worker each : processes) {
                each.step(nowMs, table, begins);
            }
        }
        // The clock of a process is behind the database's by the time of an answer, and ahead by none.
        double lateS = 0.1 + 0.15;
        for (int from = 0; from < begins.size(); from++) {
            for (int to = from; to < begins.size(); to += 7) {
                double seconds = (begins.get(to) - begins.get(from)) / 1e3 + lateS;
                assertThat(to - from + 1).isLessThanOrEqualTo((int) (rate.burst() + perSecond * seconds + 1));
            }
        }
        assertThat(begins.size()).isGreaterThan((int) (0.8 * perSecond * 40) - 2);
        for (Worker each : processes) {
            assertThat(each.begun).as(each.name).isGreaterThan((int) (0.3 * perSecond * 40 / processes.size()) - 2);
        }
    }
}
