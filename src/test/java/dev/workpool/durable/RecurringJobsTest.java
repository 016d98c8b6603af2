package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.durable.job.RecurringJob;
import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.Schedule;
import dev.workpool.support.NeedsPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that are enqueued by a schedule, on each kind of store. */
@Timeout(60)
abstract class RecurringJobsTest extends StoreTest {
    private static final Schedule HOURLY = Schedule.every(Duration.ofHours(1));
    private static final Schedule EACH_SECOND = Schedule.every(Duration.ofSeconds(1));

    private final ConcurrentLinkedQueue<String> runs = new ConcurrentLinkedQueue<>();

    RecurringJobsTest(StoreKind kind) {
        super(kind);
    }

    static class OnSqlite extends RecurringJobsTest {
        OnSqlite() {
            super(StoreKind.SQLITE);
        }
    }

    @NeedsPostgres
    static class OnPostgres extends RecurringJobsTest {
        OnPostgres() {
            super(StoreKind.POSTGRES);
        }
    }

    @AfterEach
    void forgetRuns() {
        runs.clear();
    }

    private DurableQueue<String> queue(QueueOrder<String> order) {
        return queue(QueueSettings.create(system, "reports"), order);
    }

    private DurableQueue<String> queue() {
        return queue(QueueOrder.byPriority());
    }

    private void work(DurableQueue<String> queue) {
        WorkerPool<String, Boolean> pool = WorkerPool.start(system, settings(2), runs::add);
        closed(pool);
        closed(queue.workOn(pool));
    }

    /** As if all processes had been down. */
    private void letTimePass(String sinceDue) throws SQLException {
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE workpool_recurring SET due = "
                    + Instant.now().minus(Duration.parse(sinceDue)).toEpochMilli());
        }
    }

    @Test
    void aNameThatDatabasesDoNotKeepIsRefusedAtOnce() {
        for (String each : List.of("", "half \ud83d", "n\0l", "x".repeat(201))) {
            assertThatThrownBy(() -> queue(queueSettings()).recur(each, EACH_SECOND, "job", MissedRuns.ALL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("none of them NUL or half of a surrogate pair");
        }
    }

    @Test
    void aJobIsEnqueuedOnceForEachTimeWhoeverWorks() throws Exception {
        DurableQueue<String> queue = queue();
        work(queue);
        work(queue());

        get(queue.recur("tick", EACH_SECOND, "tick", MissedRuns.ALL));

        await().until(() -> runs.size() >= 3);
        assertThat(get(queue.stopRecurring("tick"))).isTrue();
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*), count(DISTINCT name) FROM workpool_job_key")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(rows.getInt(2)).isGreaterThanOrEqualTo(3);
            int keys = rows.getInt(1);
            await().untilAsserted(() -> assertThat(runs).hasSize(keys));
        }
        assertThat(get(queue.recurring())).isEmpty();
        assertThat(get(queue.stopRecurring("tick"))).isFalse();
    }

    @Test
    void eachRunIsABatchOfItsNameAndTime() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.recur("nightly", HOURLY, "report", MissedRuns.ONE));
        letTimePass("PT1S");
        Instant due = get(queue.recurring()).get(0).nextDue().orElseThrow();

        work(queue);

        await().until(() -> runs.size() == 1);
        assertThat(get(queue.batch("nightly@" + due))).isPresent();
        assertThat(get(queue.recurring()))
                .containsExactly(new RecurringJob(
                        "nightly", HOURLY, MissedRuns.ONE, 0, Optional.of(due.plus(Duration.ofHours(1))), 1));
    }

    @Test
    void missedRunsAreMadeUpForByPolicy() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.recur("skip", HOURLY, "skip", MissedRuns.SKIP));
        get(queue.recur("one", HOURLY, "one", MissedRuns.ONE));
        get(queue.recur("all", HOURLY, "all", MissedRuns.ALL));
        letTimePass("PT3H30M");

        work(queue);

        await().untilAsserted(() -> assertThat(runs).containsExactlyInAnyOrder("one", "all", "all", "all", "all"));
        assertThat(get(queue.recurring()))
                .extracting(RecurringJob::name, RecurringJob::runs)
                .containsExactly(tuple("all", 4L), tuple("one", 1L), tuple("skip", 0L));
    }

    @Test
    void theSameNameAgainChangesTheJobAndKeepsItsTime() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.recur("hourly", HOURLY, "old", MissedRuns.ONE));
        Optional<Instant> due = get(queue.recurring()).get(0).nextDue();

        get(queue.recur("hourly", HOURLY, "new", MissedRuns.ALL, 7));

        assertThat(get(queue.recurring()))
                .containsExactly(new RecurringJob("hourly", HOURLY, MissedRuns.ALL, 7, due, 0));
        letTimePass("PT0S");
        work(queue);
        await().untilAsserted(() -> assertThat(runs).containsExactly("new"));

        Schedule nightly = Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin"));
        get(queue.recur("hourly", nightly, "new", MissedRuns.ALL));

        RecurringJob changed = get(queue.recurring()).get(0);
        assertThat(changed.schedule()).isEqualTo(nightly);
        assertThat(changed.nextDue()).isEqualTo(nightly.next(Instant.now()));
    }

    @Test
    void aKeyedQueueIsGivenItsJobInTheLaneOfItsKey() throws Exception {
        DurableQueue<String> queue = queue(QueueOrder.keyed(job -> job));
        get(queue.recur("keyed", HOURLY, "customer 7", MissedRuns.ALL));
        letTimePass("PT2H30M");

        work(queue);

        await().untilAsserted(() -> assertThat(runs).containsExactly("customer 7", "customer 7", "customer 7"));
    }

    @Test
    void aScheduleThatCannotBeReadKeepsNoOtherFromBeingDue() throws Exception {
        DurableQueue<String> queue = queue();
        get(queue.recur("broken", Schedule.cron("0 3 * * *", ZoneOffset.UTC), "broken", MissedRuns.ONE));
        get(queue.recur("sound", HOURLY, "sound", MissedRuns.ONE));
        try (Connection connection = place.store().connection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE workpool_recurring SET schedule = '?' WHERE name = 'broken'");
        }
        letTimePass("PT1S");

        work(queue);

        await().untilAsserted(() -> assertThat(runs).containsExactly("sound"));
    }

    @Test
    void namesAreChecked() {
        assertThatThrownBy(() -> queue().recur("", HOURLY, "job", MissedRuns.ONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "name of a recurring job = \"\"; allowed: 1 to 200 characters, none of them NUL or half of a surrogate pair");
    }
}
