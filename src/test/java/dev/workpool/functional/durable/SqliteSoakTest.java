package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.functional.durable.SoakJob.Kind;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.PoolTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Four processes that work on the durable queues of one file of SQLite, while a fifth enqueues, and they are killed and
 * stopped. Small by default, see {@link SoakOptions}. A failure names the seed.
 */
class SqliteSoakTest extends PoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteSoakTest.class);
    private static final int PROCESSES = 4;
    private static final long TICK_NS = 20_000_000L;
    private static final long MOST_WAIT_NS = TimeUnit.MINUTES.toNanos(3);

    @TempDir
    private Path directory;

    private final List<ChildJvm> all = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private int kills;
    private int stops;
    private int ends;

    private ChildJvm worker(int number, Random random) {
        int version = number == 0 ? 2 : 1 + random.nextInt(2);
        return ChildJvm.start(SoakWorker.class, directory.resolve("jobs.db").toString(), String.valueOf(version));
    }

    /** Those that have ended, by poison or by a kill, are started anew. */
    private void restartEnded(Random random) {
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).isAlive()) {
                ends++;
                keepLog(all.get(i));
                all.get(i).close();
                all.set(i, worker(i, random));
            }
        }
    }

    private void keepLog(ChildJvm child) {
        child.lines().stream()
                .filter(line -> !line.startsWith("stats ") && !line.equals("working"))
                .forEach(log::add);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // on demand it takes as long as one likes
    void eachJobHasOneOutcomeWhicheverProcessDies() throws Exception {
        SoakOptions options = SoakOptions.read();
        LOG.warn("{}", options);
        Random random = new Random(options.seed());
        try (JobStore store = JobStore.sqlite(directory.resolve("jobs.db"))) {
            try (Connection connection = store.connection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE effect (id bigint PRIMARY KEY)");
                statement.execute("CREATE TABLE seen (n INTEGER PRIMARY KEY AUTOINCREMENT, id bigint)");
            }
            for (int i = 0; i < PROCESSES; i++) {
                all.add(worker(i, random));
            }
            soak(options, random, store);
        } catch (Throwable t) {
            all.forEach(this::keepLog);
            throw new AssertionError("seed " + options.seed() + "\n" + String.join("\n", log), t);
        } finally {
            all.forEach(ChildJvm::close);
        }
    }

    private void soak(SoakOptions options, Random random, JobStore store) throws Exception {
        int poison = options.isShort() ? 1 : (int) options.time().toMinutes();
        SoakProducer plain =
                new SoakProducer(system, store, SoakQueues.PLAIN, poison, 3_000, new Random(random.nextLong()));
        SoakProducer transactional = new SoakProducer(
                system, store, SoakQueues.TRANSACTIONAL, poison / 2, 300, new Random(random.nextLong()));
        SoakProducer keyed =
                new SoakProducer(system, store, SoakQueues.KEYED, poison / 2, 300, new Random(random.nextLong()));
        List<SoakProducer> producers = List.of(plain, transactional, keyed);
        producers.forEach(Thread::start);
        long untilNs = System.nanoTime() + options.time().toNanos();
        while (System.nanoTime() - untilNs < 0) {
            fault(random);
            restartEnded(random);
        }
        for (SoakProducer producer : producers) {
            producer.finish();
        }
        long mostNs = System.nanoTime() + MOST_WAIT_NS;
        while (producers.stream().anyMatch(producer -> producer.open() > 0)) {
            restartEnded(random);
            LockSupport.parkNanos(TICK_NS);
            if (System.nanoTime() - mostNs > 0) {
                throw new AssertionError("jobs have no outcome: "
                        + producers.stream()
                                .map(producer -> producer.open() + " of " + producer)
                                .collect(Collectors.joining("; ")));
            }
        }
        LOG.warn("{}; {} kills, {} stops, {} ends of processes", producers, kills, stops, ends);
        SoakAudit audit = new SoakAudit(SoakWorker.sqlite(directory.resolve("jobs.db")));
        for (SoakProducer producer : producers) {
            audit.check(producer);
            assertThat(dead(SoakQueues.open(system, store, producer.queue(), 2)))
                    .isEqualTo(producer.poison());
        }
        audit.checkThatNothingWaits();
        audit.checkEffects(transactional);
        audit.checkOrder();
    }

    /** A process is killed, or stopped for longer than its lease or for less, wherever it is. */
    private void fault(Random random) {
        ChildJvm child = all.get(random.nextInt(PROCESSES));
        pause(100 + random.nextLong(1_400));
        if (!child.isAlive()) {
            return;
        } else if (random.nextInt(3) > 0) {
            kills++;
            child.kill();
            return;
        }
        stops++;
        child.suspend();
        pause(random.nextLong(3 * SoakQueues.LEASE.toMillis()));
        child.resume();
    }

    private static void pause(long ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    private static Set<Long> dead(DurableQueue<SoakJob> queue) throws Exception {
        Set<Long> ids = new HashSet<>();
        for (DeadLetter<SoakJob> letter : get(queue.deadLetters(0, 10_000))) {
            SoakJob job = letter.job().orElseThrow();
            assertThat(job.kind()).as("%s", letter).isEqualTo(Kind.POISON);
            assertThat(ids.add(job.id())).as("%s", letter).isTrue();
        }
        return ids;
    }
}
