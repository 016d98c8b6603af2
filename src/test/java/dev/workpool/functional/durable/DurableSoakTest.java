package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.functional.durable.SoakJob.Kind;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that work on durable queues in a PostgreSQL while everything goes wrong that may. Small by default, see {@link SoakOptions}. A failure names
 * the seed.
 */
@NeedsPostgres
class DurableSoakTest extends PoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(DurableSoakTest.class);
    private static final long TICK_NS = 20_000_000L;
    private static final long MOST_WAIT_NS = LONG.toNanos();

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // on demand it takes as long as one likes
    void eachJobHasOneOutcomeWhateverGoesWrong() throws Exception {
        SoakOptions options = SoakOptions.read();
        LOG.warn("{}", options);
        Random random = new Random(options.seed());
        try (TestPostgres server = TestPostgres.start();
                CuttableProxy network = new CuttableProxy(server.port())) {
            PGSimpleDataSource database = server.createDatabase();
            createEffects(database);
            soak(options, random, server, network, database);
        } catch (Throwable t) {
            throw new AssertionError("seed " + options.seed(), t);
        }
    }

    private static void createEffects(PGSimpleDataSource database) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE effect (id bigint PRIMARY KEY)");
            statement.execute("CREATE TABLE seen (n bigserial PRIMARY KEY, id bigint)");
        }
    }

    private void soak(
            SoakOptions options, Random random, TestPostgres server, CuttableProxy network, PGSimpleDataSource database)
            throws Exception {
        int poison = options.isShort() ? 1 : (int) options.time().toMinutes();
        SoakFleet fleet = new SoakFleet(database, options.workers(), random);
        try (fleet;
                JobStore store = JobStore.postgres(
                        TestPostgres.through(network.port(), database).getUrl(), "postgres", "")) {
            SoakProducer plain =
                    new SoakProducer(system, store, SoakQueues.PLAIN, poison, 3_000, new Random(random.nextLong()));
            SoakProducer transactional = new SoakProducer(
                    system, store, SoakQueues.TRANSACTIONAL, poison / 2, 1_500, new Random(random.nextLong()));
            SoakProducer keyed =
                    new SoakProducer(system, store, SoakQueues.KEYED, poison / 2, 300, new Random(random.nextLong()));
            List<SoakProducer> producers = List.of(plain, transactional, keyed);
            producers.forEach(Thread::start);
            SoakFaults faults = new SoakFaults(server, fleet, network, random);
            long untilNs = System.nanoTime() + options.time().toNanos();
            while (System.nanoTime() - untilNs < 0) {
                faults.tick();
                LockSupport.parkNanos(TICK_NS);
            }
            faults.end();
            for (SoakProducer producer : producers) {
                producer.finish();
            }
            drain(faults, fleet, producers);
            LOG.warn("{}; {}", producers, faults);
            SoakAudit audit = new SoakAudit(database);
            for (SoakProducer producer : producers) {
                audit.check(producer);
                assertThat(dead(SoakQueues.open(system, store, producer.queue(), 2)))
                        .isEqualTo(producer.poison());
            }
            audit.checkThatNothingWaits();
            audit.checkEffects(transactional);
            audit.checkOrder();
            fleet.close();
            LOG.warn("{}", fleet);
            if (!options.isShort()) { // of few suspensions none may hit jobs
                assertThat(fleet.fenced()).as("stale acknowledgements").isPositive();
            }
        }
    }

    /** Processes that poison ends are still started anew. */
    private static void drain(SoakFaults faults, SoakFleet fleet, List<SoakProducer> producers) {
        long untilNs = System.nanoTime() + MOST_WAIT_NS;
        while (producers.stream().anyMatch(producer -> producer.open() > 0)) {
            faults.tick();
            LockSupport.parkNanos(TICK_NS);
            if (System.nanoTime() - untilNs > 0) {
                throw new AssertionError("jobs have no outcome: "
                        + producers.stream()
                                .map(producer -> producer.open() + " of " + producer)
                                .collect(Collectors.joining("; "))
                        + "\n" + String.join("\n", fleet.log()));
            }
        }
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
