package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.DeadLetterGroup;
import dev.workpool.durable.job.QueueHolder;
import dev.workpool.durable.job.QueueStatus;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.EnqueueOptions;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.QueueSettings;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkOptions;
import dev.workpool.support.NeedsPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody sees of queues, and does to them, who does not work on them: with neither their codec nor an actor system. */
class QueueAdminTest {

    /** The tests, of whichever store. */
    abstract static class Tests extends StoreTest {
        Tests(StoreKind kind) {
            super(kind);
        }

        private QueueAdmin admin(QueueSettings settings) throws Exception {
            return get(place.store().admin(settings)).orElseThrow();
        }

        private QueueStatus look(StoreWatch watch, String queue) throws Exception {
            return get(watch.look()).stream()
                    .filter(each -> each.name().equals(queue))
                    .findAny()
                    .orElseThrow();
        }

        @Test
        void aStoreWithoutTablesHasNoQueuesAndStaysSo() throws Exception {
            assertThat(get(place.store().queues())).isEmpty();
            assertThat(get(place.store().watch().look())).isEmpty();
            assertThat(get(place.store().admin(queueSettings()))).isEmpty();
            String query = kind == StoreKind.SQLITE
                    ? "SELECT count(*) FROM sqlite_master"
                    : "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
            try (Connection connection = place.store().connection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        }

        @Test
        void aQueueThatIsNotThereIsNotMade() throws Exception {
            DurableQueue<String> one = queue(queueSettings());
            assertThat(get(place.store().admin(queueSettings()))).isEmpty();
            assertThat(get(place.store().queues())).containsExactly(one.name());
        }

        @Test
        void aWatchSeesWhatIsThereWhoHoldsItAndHowFastItChanges() throws Exception {
            DurableQueue<String> queue = queue(queueSettings());
            DurableQueue<String> other = queue(queueSettings());
            get(other.enqueueAll(texts(5), EnqueueOptions.defaults().withDelay(Duration.ofHours(1))));
            StoreWatch watch = place.store().watch();
            QueueStatus first = look(watch, other.name());
            assertThat(first.stats().scheduled()).isEqualTo(5);
            assertThat(first.inPerSecond()).isEmpty();
            assertThat(first.outPerSecond()).isEmpty();
            assertThat(first.holders()).isEmpty();
            assertThat(first.codecs()).containsExactly(JobCodec.strings().name());

            CountDownLatch go = new CountDownLatch(1);
            WorkerPool<String, Void> pool = closed(WorkerPool.start(system, settings(2), (String job) -> {
                go.await();
                return null;
            }));
            QueueWork work = closed(queue.workOn(pool));
            DurableBatch batch = get(queue.enqueueAll(texts(4)));
            await().atMost(LONG).until(() -> look(watch, queue.name()).stats().claimed() == 4);
            QueueStatus held = look(watch, queue.name());
            assertThat(held.holders()).singleElement().satisfies(holder -> {
                assertThat(holder.pool()).isEqualTo(pool.name());
                assertThat(holder.host()).isNotEmpty();
                assertThat(holder.pid()).hasValue(ProcessHandle.current().pid());
                assertThat(holder.jobs()).isEqualTo(4);
                assertThat(holder.lease())
                        .isBetween(Duration.ofSeconds(1), queueSettings().lease());
            });
            // Of two looks within a millisecond the second knows no rate.
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(look(watch, other.name()).inPerSecond()).hasValue(0));

            StoreWatch rates = place.store().watch();
            look(rates, queue.name());
            get(other.enqueueAll(texts(6)));
            go.countDown();
            get(batch.ended());
            List<QueueStatus> after = get(rates.look());
            Map<String, QueueStatus> byName = new ConcurrentHashMap<>();
            after.forEach(each -> byName.put(each.name(), each));
            double in = byName.get(other.name()).inPerSecond().orElseThrow();
            double out = byName.get(queue.name()).outPerSecond().orElseThrow();
            assertThat(in / 6).isCloseTo(out / 4, Percentage.withPercentage(0.01));
            assertThat(byName.get(other.name()).outPerSecond()).hasValue(0);
            assertThat(byName.get(queue.name()).inPerSecond()).hasValue(0);
            get(work.drain());
        }

        @Test
        void deadLettersAreGroupedByTheirErrors() throws Exception {
            QueueSettings settings = queueSettings();
            DurableQueue<String> queue = queue(settings);
            WorkerPool<String, Void> pool = closed(WorkerPool.start(system, settings(2), (String job) -> {
                throw job.endsWith("1") ? new IllegalStateException("one") : new IllegalArgumentException("others");
            }));
            QueueWork work = closed(queue.workOn(pool));
            get(get(queue.enqueueAll(texts(5))).ended());
            QueueAdmin admin = admin(settings);
            List<DeadLetterGroup> groups = get(admin.deadLetterGroups());
            assertThat(groups).extracting(DeadLetterGroup::count).containsExactly(4L, 1L);
            assertThat(groups.get(0).error()).hasMessage("java.lang.IllegalArgumentException: others");
            assertThat(groups.get(0).oldest()).isBeforeOrEqualTo(groups.get(0).newest());
            List<Long> ones =
                    get(admin.deadLetterIds(error -> error.getMessage().contains("one")));
            assertThat(ones).containsExactly(groups.get(1).sample());
            List<DeadLetter<String>> letters = get(admin.deadLetters(JobCodec.strings(), ones.get(0) - 1, 1));
            assertThat(letters.get(0).job()).hasValue("job 1");
            assertThat(get(admin.deadLetters(JobCodec.bytes(), ones.get(0) - 1, 1))
                            .get(0)
                            .job())
                    .as("of a codec that cannot decode it")
                    .isEmpty();

            assertThat(get(admin.discard(ones))).isEqualTo(1);
            get(work.drain());
            List<DurableBatch> again = get(admin.requeue(get(admin.deadLetterIds(error -> true))));
            assertThat(again)
                    .singleElement()
                    .satisfies(batch -> assertThat(batch.jobs()).isEqualTo(4));
            assertThat(get(admin.stats()).depth()).isEqualTo(4);
            assertThat(get(admin.deadLetterGroups())).isEmpty();
        }

        @Test
        void moreDeadLettersThanAPageAreAllGrouped() throws Exception {
            QueueSettings settings = queueSettings();
            DurableQueue<String> queue = queue(settings);
            WorkerPool<String, Void> pool = closed(WorkerPool.start(system, settings(2), (String job) -> {
                throw new IllegalStateException("all");
            }));
            closed(queue.workOn(pool));
            get(get(queue.enqueueAll(texts(2_500))).ended());
            assertThat(get(admin(settings).deadLetterGroups()))
                    .singleElement()
                    .satisfies(group -> assertThat(group.count()).isEqualTo(2_500));
        }

        @Test
        void aQueueIsPausedAndItsBatchesCancelledFromOutside() throws Exception {
            QueueSettings settings = queueSettings();
            DurableQueue<String> queue = queue(settings);
            QueueAdmin admin = admin(settings);
            get(admin.pause());
            AtomicInteger ran = new AtomicInteger();
            WorkerPool<String, Void> pool = closed(WorkerPool.start(system, settings(2), (String job) -> {
                ran.incrementAndGet();
                return null;
            }));
            closed(queue.workOn(pool));
            DurableBatch batch = get(queue.enqueue("a key", texts(3)));
            assertThat(get(admin.stats()).paused()).isTrue();
            assertThat(get(admin.batch(batch.id()))).get().hasToString(batch.toString());
            get(get(admin.batch("a key")).orElseThrow().cancel());
            assertThat(get(batch.ended()).cancelled()).isEqualTo(3);
            get(queue.enqueueAll(texts(2)));
            get(admin.resume());
            await().atMost(LONG).until(() -> ran.get() == 2);
        }

        @Test
        void deadLettersOfAKeyedQueueAreRequeuedByWhomItsKeysAreKnown() throws Exception {
            QueueSettings settings = queueSettings();
            queue(settings, QueueOrder.keyed(job -> job));
            QueueAdmin admin = admin(settings);
            assertThatThrownBy(() -> admin.requeue(List.of(1L)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has keys");
        }

        @Test
        void aListenerIsToldOfEachOutcomeAndWhetherItIsTheLast() throws Exception {
            QueueSettings settings = queueSettings()
                    .withRetry(RetryPolicy.attempts(3)
                            .withExponentialBackoff(Duration.ofMillis(1_100), Duration.ofMillis(1_100))
                            .withJitter(false));
            DurableQueue<String> queue = queue(settings);
            WorkerPool<String, String> pool =
                    closed(WorkerPool.start(system, settings(2), (String job, JobContext context) -> {
                        if (job.equals("bad")) {
                            throw new IllegalStateException("bad");
                        }
                        return job;
                    }));
            Queue<String> told = new ConcurrentLinkedQueue<>();
            closed(queue.workOn(pool, WorkOptions.defaults(), (job, outcome, isLast) -> {
                told.add(job + " " + (outcome instanceof Outcome.Succeeded) + " " + outcome.attempts() + " " + isLast);
                throw new IllegalStateException("a listener that fails");
            }));
            get(get(queue.enqueueAll(List.of("good", "bad"))).ended());
            assertThat(told)
                    .containsExactlyInAnyOrder(
                            "good true 1 true", "bad false 1 false", "bad false 2 false", "bad false 3 true");
        }

        @Test
        void aListenerIsToldOfWhatIsGivenBack() throws Exception {
            DurableQueue<String> queue = queue(queueSettings());
            CountDownLatch began = new CountDownLatch(1);
            WorkerPool<String, String> pool = closed(WorkerPool.start(system, settings(1), (String job) -> {
                began.countDown();
                new CountDownLatch(1).await();
                return job;
            }));
            Queue<String> told = new ConcurrentLinkedQueue<>();
            QueueWork work = closed(
                    queue.workOn(pool, WorkOptions.defaults(), (job, outcome, isLast) -> told.add(job + " " + isLast)));
            get(queue.enqueueAll(List.of("a", "b")));
            began.await();
            get(work.abort());
            assertThat(told).containsExactlyInAnyOrder("a false", "b false");
            assertThat(get(queue.stats()).waiting()).isEqualTo(2);
        }
    }

    @Nested
    @Timeout(120)
    class OnSqlite extends Tests {
        OnSqlite() {
            super(StoreKind.SQLITE);
        }
    }

    @Nested
    @NeedsPostgres
    @Timeout(120)
    class OnPostgres extends Tests {
        OnPostgres() {
            super(StoreKind.POSTGRES);
        }
    }

    @Test
    void ownersOfEarlierVersionsAreReadAsFarAsTheySay() {
        assertThat(QueueHolder.of("run@42-abc", 1, Duration.ZERO).pid()).hasValue(42);
        assertThat(QueueHolder.of("a@b@c.d/42-abc", 1, Duration.ZERO))
                .isEqualTo(new QueueHolder("a@b@c.d/42-abc", "a@b", "c.d", OptionalLong.of(42), 1, Duration.ZERO));
        assertThat(QueueHolder.of("whatever", 1, Duration.ZERO).pid()).isEmpty();
    }
}
