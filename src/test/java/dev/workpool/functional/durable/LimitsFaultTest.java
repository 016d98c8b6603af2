package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.durable.DurableQueue;
import dev.workpool.settings.RateLimit;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.TestPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Both limits of a queue over four processes that are killed, stopped beyond their lease, get their answers late, are paused,
 * resize their pools and have them do other work meanwhile: measured from outside, by when handlers are called. {@code
 * -Dlimits.rounds=200} makes more rounds, {@code -Dlimits.seed=…} the same decisions again.
 */
class LimitsFaultTest extends FaultTest {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final int PROCESSES = 4;
    private static final long ROUND_MS = 4_000;

    private final List<Child> children = new ArrayList<>();
    private final List<Child> all = new ArrayList<>();

    /** A process, its network, and when it could not do anything. */
    private final class Child {
        private final CuttableProxy network;
        private final ChildJvm jvm;
        private final List<LimitsAudit.Stop> stops = new ArrayList<>();
        private long stoppedUs;
        private long killedUs = Long.MAX_VALUE;

        Child(long seed) throws IOException {
            network = closed(new CuttableProxy(server().port()));
            String url = TestPostgres.through(network.port(), database).getUrl();
            jvm = closed(ChildJvm.start(LimitsWorker.class, url, LEASE.toString(), String.valueOf(seed)));
        }

        void suspend() {
            stoppedUs = LimitsWorker.nowUs();
            jvm.suspend();
        }

        void resume() {
            jvm.resume();
            stops.add(new LimitsAudit.Stop(stoppedUs, LimitsWorker.nowUs()));
        }

        void kill() {
            killedUs = LimitsWorker.nowUs();
            jvm.kill();
        }

        LimitsAudit.Seen seen() {
            return new LimitsAudit.Seen(jvm.lines(), stops, killedUs, LEASE);
        }
    }

    @Test
    @Timeout(3_600)
    void neitherLimitIsExceededWhateverTheProcessesDo() throws Exception {
        long seed = Long.getLong("limits.seed", System.nanoTime());
        DurableQueue<String> queue = queue(store, queueSettings());
        for (int i = 0; i < PROCESSES; i++) {
            start(seed + i);
        }
        LimitsAudit.Excess worst = LimitsAudit.Excess.NONE;
        for (int round = 0; round < Integer.getInteger("limits.rounds", 2); round++) {
            worst = worst.or(round(queue, seed + round));
        }
        System.out.println(worst.text());
    }

    private void start(long seed) throws IOException {
        Child child = new Child(seed);
        children.add(child);
        all.add(child);
    }

    private LimitsAudit.Excess round(DurableQueue<String> queue, long seed) throws Exception {
        Random random = new Random(seed);
        int most = 1 + random.nextInt(8);
        RateLimit rate = new RateLimit(5 + random.nextInt(60), 1 + random.nextInt(10));
        boolean hasMost = random.nextBoolean();
        get(queue.setConcurrency(hasMost ? OptionalInt.of(most) : OptionalInt.empty()));
        get(queue.setRate(hasMost ? Optional.empty() : Optional.of(rate)));
        get(queue.enqueueAll(texts(2_000)));
        // What was begun without a limit has ended, and each process has its part of the new one.
        await().pollDelay(2 * LEASE.toMillis(), TimeUnit.MILLISECONDS).until(() -> true);
        long sinceUs = LimitsWorker.nowUs();
        while (LimitsWorker.nowUs() - sinceUs < ROUND_MS * 1_000) {
            fault(queue, random);
        }
        List<LimitsAudit.Seen> seen = all.stream().map(Child::seen).toList();
        LimitsAudit audit = new LimitsAudit(seen, sinceUs, LimitsWorker.nowUs());
        LimitsAudit.Excess excess = hasMost ? audit.ofConcurrency(most) : audit.ofRate(rate);
        assertThat(excess.jobs()).as("seed %s: %s", seed, excess.text()).isLessThanOrEqualTo(0);
        get(queue.setRate(Optional.empty()));
        get(queue.setConcurrency(OptionalInt.empty()));
        return excess;
    }

    private void fault(DurableQueue<String> queue, Random random) throws Exception {
        Child child = children.get(random.nextInt(children.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                child.suspend();
                passes(random.nextInt((int) LEASE.toMillis() * 5 / 2));
                child.resume();
            }
            case 2, 3, 4 -> {
                child.network.hang();
                passes(random.nextInt((int) LEASE.toMillis() * 2));
                child.network.heal();
            }
            case 5 -> {
                get(queue.pause());
                passes(random.nextInt(300));
                get(queue.resume());
            }
            case 6 -> {
                if (random.nextInt(4) == 0) {
                    child.kill();
                    children.remove(child);
                    start(random.nextLong());
                }
            }
            default -> passes(random.nextInt(500));
        }
    }

    private static void passes(long ms) {
        await().pollDelay(Math.max(1, ms), TimeUnit.MILLISECONDS)
                .pollInterval(1, TimeUnit.MILLISECONDS)
                .until(() -> true);
    }
}
