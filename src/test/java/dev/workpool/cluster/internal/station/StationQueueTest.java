package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** A station's queue beside a router that is played by the test: each job goes there once, and is reported once. */
class StationQueueTest {
    private TestInbox<Router.Command<byte[]>> router;
    private PublishedNumbers<OfDispatcher> published;
    private StationCounts counts;
    private StationQueue queue;
    private long demanded;
    private long localIds;

    /** What the router has, in the order in which it came. */
    private List<Slice<byte[]>> held;

    /** Batches that it was told to stop. */
    private final Set<Long> stopped = new HashSet<>();

    private void start() {
        router = TestInbox.create();
        published = new PublishedNumbers<>(OfDispatcher.class);
        counts = new StationCounts(published);
        queue = new StationQueue(router.getRef(), () -> 0, counts);
        held = new ArrayList<>();
        stopped.clear();
        demanded = 0;
    }

    private SessionBatch batch(StationSessions session, long id, int priority) {
        SessionBatch batch = session.batch(id, ++localIds, priority);
        queue.add(batch);
        return batch;
    }

    private void demand(long more, int turn) {
        demanded += more;
        queue.demand(new Router.Demand(demanded, 1, turn, 0, 100));
        feed();
    }

    private void feed() {
        queue.feed();
        for (Router.Command<byte[]> command : router.getAllReceived()) {
            if (command instanceof Router.Grant<byte[]> grant) {
                held.add(grant.slice());
            } else if (command instanceof Router.StopBatch<byte[]> stop) {
                stopped.add(stop.batchId());
            }
        }
    }

    private static Outcomes<byte[]> successes(int count) {
        return Outcomes.copyOf(Collections.nCopies(count, new Outcome.Succeeded<byte[]>(new byte[1], 1)));
    }

    @Test
    void theRouterGetsWhatItAsksFor() {
        start();
        StationSessions one = new StationSessions(1, Integer.MAX_VALUE);
        SessionBatch batch = batch(one, 7, 0);
        queue.add(batch, StationSessions.slice(batch, 0, 10), 1);
        feed();
        assertThat(held).isEmpty();
        demand(4, 1);
        assertThat(held)
                .singleElement()
                .satisfies(slice -> assertThat(slice.size()).isEqualTo(4));
        assertThat(List.of(queue.waiting(), queue.out(), queue.held())).isEqualTo(List.of(6L, 4L, 4L));
        queue.ended(batch, 0, successes(4));
        assertThat(one.reported()).containsExactly("7:0", "7:1", "7:2", "7:3");
        queue.ended(batch, 2, successes(2));
        assertThat(one.reported()).isEmpty();
        assertThat(one.session.here()).isEqualTo(6);
    }

    @Test
    void sessionsShareByTheirWeightsWithinAPriority() {
        start();
        StationSessions light = new StationSessions(1, Integer.MAX_VALUE);
        StationSessions heavy = new StationSessions(2, Integer.MAX_VALUE);
        StationSessions urgent = new StationSessions(3, Integer.MAX_VALUE);
        SessionBatch ofLight = batch(light, 1, 0);
        SessionBatch ofHeavy = batch(heavy, 1, 0);
        SessionBatch ofUrgent = batch(urgent, 1, 5);
        queue.add(ofLight, StationSessions.slice(ofLight, 0, 1_000), 1);
        queue.add(ofHeavy, StationSessions.slice(ofHeavy, 0, 1_000), 3);
        queue.add(ofUrgent, StationSessions.slice(ofUrgent, 0, 100), 1);
        for (int i = 0; i < 500; i++) {
            demand(1, 1);
        }
        assertThat(urgent.session.out).isEqualTo(100);
        assertThat(heavy.session.out).isBetween(298L, 302L);
        assertThat(light.session.out).isBetween(98L, 102L);
    }

    @Test
    void aSessionThatIsAtItsLimitLetsOthersGoFirst() {
        start();
        StationSessions limited = new StationSessions(1, 2);
        StationSessions other = new StationSessions(2, Integer.MAX_VALUE);
        SessionBatch urgent = batch(limited, 1, 9);
        SessionBatch late = batch(other, 1, 0);
        queue.add(urgent, StationSessions.slice(urgent, 0, 10), 1);
        queue.add(late, StationSessions.slice(late, 0, 10), 1);
        demand(5, 1);
        assertThat(List.of(limited.session.out, other.session.out)).isEqualTo(List.of(2L, 3L));
        queue.ended(urgent, 0, successes(1));
        demand(1, 1);
        assertThat(limited.session.out).isEqualTo(2);
        queue.makeRoom(limited.session, () -> limited.session.limit = 4);
        demand(3, 1);
        assertThat(List.of(limited.session.out, other.session.out)).isEqualTo(List.of(4L, 4L));
    }

    /** One run with a model of where each job is. */
    private final class Model {
        private final Random random;
        private final List<StationSessions> sessions = new ArrayList<>();
        private final List<SessionBatch> batches = new ArrayList<>();
        private final Map<StationSession, Set<String>> here = new HashMap<>();
        private final Map<SessionBatch, Integer> next = new HashMap<>();
        private long reported;
        private long accepted;

        private Model(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                StationSessions session =
                        new StationSessions(i, random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(6));
                sessions.add(session);
                here.put(session.session, new HashSet<>());
                for (int id = 0; id < 2; id++) {
                    batches.add(batch(session, id, random.nextInt(2)));
                }
            }
        }

        private SessionBatch anyBatch() {
            return batches.get(random.nextInt(batches.size()));
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> arrive(anyBatch());
                case 3, 4 -> demand(random.nextInt(10), 1 + random.nextInt(3));
                case 5, 6 -> end();
                case 7 -> giveBack();
                case 8 -> queue.stop(anyBatch(), StopReason.CANCELLED, random.nextBoolean());
                case 9 -> {
                    SessionBatch batch = anyBatch();
                    queue.cancelJob(batch, random.nextInt(next.getOrDefault(batch, 0) + 1));
                }
                case 10 -> recall();
                default -> resize();
            }
            feed();
            settleStopped();
            check();
        }

        private void arrive(SessionBatch batch) {
            int count = 1 + random.nextInt(8);
            int first = next.merge(batch, count, Integer::sum) - count;
            for (int i = first; i < first + count; i++) {
                here.get(batch.session).add(batch.id + ":" + i);
            }
            accepted += count;
            queue.add(batch, StationSessions.slice(batch, first, count), 1 + random.nextInt(3));
        }

        private SessionBatch batchOf(Slice<byte[]> slice) {
            return batches.stream()
                    .filter(batch -> batch.ref.id() == slice.batch().id())
                    .findAny()
                    .orElse(null);
        }

        /** A worker ends a chunk, or reports one again. */
        private void end() {
            if (!held.isEmpty()) {
                Slice<byte[]> slice = held.remove(random.nextInt(held.size()));
                queue.ended(batchOf(slice), slice.first(), successes(slice.size()));
                if (random.nextInt(4) == 0) {
                    queue.ended(batchOf(slice), slice.first(), successes(slice.size()));
                }
            }
        }

        private void giveBack() {
            if (!held.isEmpty()) {
                Slice<byte[]> slice = held.remove(random.nextInt(held.size()));
                int from = random.nextInt(slice.size());
                if (from > 0) {
                    held.add(slice.part(0, from));
                }
                demanded -= slice.size() - from;
                queue.returned(new Router.Returned<>(slice.part(from, slice.size()), demanded));
            }
        }

        private void recall() {
            StationSessions session = sessions.get(random.nextInt(sessions.size()));
            Slice<byte[]> slice = queue.takeLast(session.session, 1 + random.nextInt(5));
            if (slice != null) {
                SessionBatch batch = batchOf(slice);
                for (long index = slice.first(); index < slice.first() + slice.size(); index++) {
                    assertThat(here.get(session.session).remove(batch.id + ":" + index))
                            .isTrue();
                    accepted--;
                }
            }
        }

        private void resize() {
            StationSession session = sessions.get(random.nextInt(sessions.size())).session;
            int limit = random.nextInt(8);
            queue.makeRoom(session, () -> session.limit = limit);
        }

        /** The router settles what it was told to stop; a cancelled job it may have ended by then. */
        private void settleStopped() {
            for (Slice<byte[]> slice : List.copyOf(held)) {
                if (stopped.contains(slice.batch().id())) {
                    held.remove(slice);
                    queue.settled(batchOf(slice), slice.first(), slice.size(), new Outcome.Cancelled<>(0));
                }
            }
            stopped.clear();
        }

        private void check() {
            long waiting = 0;
            long out = 0;
            for (StationSessions each : sessions) {
                StationSession session = each.session;
                for (String job : each.reported()) {
                    assertThat(here.get(session).remove(job)).as(job).isTrue();
                    reported++;
                }
                assertThat(session.here()).isEqualTo(here.get(session).size());
                assertThat(session.queues.values().stream()
                                .mapToLong(queued -> queued.pending.jobs())
                                .sum())
                        .isEqualTo(session.waiting);
                waiting += session.waiting;
                out += session.out;
            }
            assertThat(queue.waiting()).isEqualTo(waiting);
            assertThat(queue.out()).isEqualTo(out);
            counts.publish();
            PublishedNumbers.Reading<OfDispatcher> now = published.read();
            assertThat(now.get(OfDispatcher.ACCEPTED)).isEqualTo(accepted);
            assertThat(now.get(OfDispatcher.SUCCEEDED) + now.get(OfDispatcher.CANCELLED))
                    .isEqualTo(reported);
        }

        private void end(StationSession session) {
            accepted -= session.here();
            here.get(session).clear();
            queue.drop(session);
            session.batches.clear();
            sessions.removeIf(each -> each.session == session);
            batches.removeIf(batch -> batch.session == session);
            held.removeIf(slice -> batchOf(slice) == null);
        }

        /** Without limits, and with a router that takes all, nothing stays. */
        private void runOut() {
            sessions.forEach(each -> queue.makeRoom(each.session, () -> each.session.limit = Integer.MAX_VALUE));
            demand(100_000, 1);
            while (!held.isEmpty()) {
                Slice<byte[]> slice = held.remove(0);
                queue.ended(batchOf(slice), slice.first(), successes(slice.size()));
            }
            check();
            assertThat(here.values()).allMatch(Set::isEmpty);
        }
    }

    @Property(tries = 100)
    void noJobIsLostOrReportedTwice(@ForAll long seed) {
        start();
        Model model = new Model(seed);
        for (int step = 0; step < 150; step++) {
            model.step();
            if (step == 75) {
                model.end(model.sessions.get(0).session);
                feed();
                stopped.clear();
                model.check();
            }
        }
        model.runOut();
    }

    @Property(tries = 100)
    void noMoreJobsOfASessionAreOutThanItsLimit(@ForAll long seed) {
        start();
        Random random = new Random(seed);
        StationSessions one = new StationSessions(1, 1 + random.nextInt(5));
        StationSessions other = new StationSessions(2, Integer.MAX_VALUE);
        for (StationSessions session : List.of(one, other)) {
            for (int priority = 0; priority < 2; priority++) {
                SessionBatch batch = batch(session, priority, priority);
                queue.add(batch, StationSessions.slice(batch, 0, 50), 1);
            }
        }
        for (int step = 0; step < 100; step++) {
            demand(random.nextInt(6), 1 + random.nextInt(4));
            assertThat(one.session.out).isLessThanOrEqualTo(one.session.limit);
            if (!held.isEmpty()) {
                Slice<byte[]> slice = held.remove(random.nextInt(held.size()));
                SessionBatch batch = List.of(one, other).stream()
                        .flatMap(each -> each.session.batches.values().stream())
                        .filter(each -> each.ref.id() == slice.batch().id())
                        .findAny()
                        .orElseThrow();
                queue.ended(batch, slice.first(), successes(slice.size()));
            }
        }
        demand(1_000, 1);
        assertThat(one.session.out).isEqualTo(Math.min(one.session.limit, one.session.here()));
        assertThat(other.session.waiting).isZero();
    }
}
