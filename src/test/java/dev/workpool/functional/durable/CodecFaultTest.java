package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.WorkerPool;
import dev.workpool.codec.JobCodec;
import dev.workpool.codec.JsonCodec;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.QueueWork;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.functional.durable.SoakJob.Kind;
import dev.workpool.job.BatchProgress;
import dev.workpool.settings.QueueOrder;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.support.CapturedLog;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Jobs that were encoded by another version of the code, or cannot be decoded by any. */
class CodecFaultTest extends FaultTest {
    private static final String TROUBLES = "dev.workpool.durable.internal.work.Troubles";

    private <J> DurableQueue<J> queue(JobCodec<J> codec) {
        return DurableQueue.open(system, store, queueSettings(), codec, QueueOrder.byPriority());
    }

    private static List<SoakJob> jobs(long from, long to) {
        return LongStream.range(from, to)
                .mapToObj(id -> new SoakJob(id, Kind.QUICK))
                .toList();
    }

    /** As in the middle of a deployment. */
    @Test
    void jobsOfANewerVersionWaitForAProcessThatKnowsIt() throws Exception {
        DurableQueue<SoakJob> older = queue(SoakJob.codec(1));
        DurableQueue<SoakJob> newer = queue(SoakJob.codec(2));
        Set<Long> byOlder = ConcurrentHashMap.newKeySet();
        Set<Long> byNewer = ConcurrentHashMap.newKeySet();
        DurableBatch ofNewer = get(newer.enqueueAll(jobs(0, 3)));
        DurableBatch ofOlder = get(older.enqueueAll(jobs(3, 6)));
        try (CapturedLog log = CapturedLog.of(TROUBLES)) {
            try (QueueWork work = older.workOn(
                    closed(WorkerPool.start(system, settings(2), (SoakJob job) -> byOlder.add(job.id()))))) {
                assertThat(get(ofOlder.ended()).succeeded()).isEqualTo(3);
                assertThat(work.stats().dead()).isZero();
            }
            assertThat(log.messages()).singleElement().asString().contains("3 jobs", "cannot decode");
        }
        assertThat(get(older.stats()).waiting()).isEqualTo(3);
        DurableBatch another = get(older.enqueueAll(jobs(6, 9)));
        closed(newer.workOn(closed(WorkerPool.start(system, settings(2), (SoakJob job) -> byNewer.add(job.id())))));
        assertThat(get(ofNewer.ended()).succeeded()).isEqualTo(3);
        assertThat(get(another.ended()).succeeded()).isEqualTo(3);
        assertThat(byOlder).containsExactlyInAnyOrder(3L, 4L, 5L);
        assertThat(byNewer).containsExactlyInAnyOrder(0L, 1L, 2L, 6L, 7L, 8L);
    }

    @Test
    void aJobThatCannotBeDecodedIsADeadLetterAndItsNeighboursRun() throws Exception {
        JobCodec<String> strict = new JobCodec<>() {
            @Override
            public String name() {
                return "strict";
            }

            @Override
            public int version() {
                return 1;
            }

            @Override
            public byte[] encode(String job) throws Exception {
                return JobCodec.strings().encode(job);
            }

            @Override
            public String decode(int version, byte[] bytes) throws Exception {
                String job = JobCodec.strings().decode(version, bytes);
                if (job.equals("job 1")) {
                    throw new IllegalArgumentException("not " + job);
                }
                return job;
            }
        };
        DurableQueue<String> queue = queue(strict);
        closed(queue.workOn(pool(job -> {})));
        DurableBatch batch = get(queue.enqueueAll(texts(3)));
        assertThat(get(batch.ended())).isEqualTo(new BatchProgress(3, 2, 1, 0, 0, 0));
        List<DeadLetter<String>> dead = get(queue.deadLetters(0, 10));
        assertThat(dead).hasSize(1);
        assertThat(dead.get(0).index()).isEqualTo(1);
        assertThat(dead.get(0).job()).isEmpty();
        assertThat(dead.get(0).encoded()).isEqualTo(JobCodec.strings().encode("job 1"));
        assertThat(dead.get(0).error()).hasMessageContainingAll("cannot be decoded", "not job 1");
        assertThat(dead.get(0).attempts()).as("no handler has seen it").isZero();
    }

    /** Decoding it again would fail again. */
    @Test
    void aJobThatCannotBeDecodedIsNotTriedAgain() throws Exception {
        DurableQueue<String> queue = DurableQueue.open(
                system,
                store,
                queueSettings().withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ofHours(1))),
                JobCodec.json(String.class),
                QueueOrder.byPriority());
        closed(queue.workOn(pool(job -> {})));
        get(queue.pause());
        DurableBatch batch = get(queue.enqueueAll(texts(1)));
        execute("UPDATE workpool_payload SET data = replace(encode(data, 'escape'), '\"', '{')::bytea");
        get(queue.resume());
        assertThat(get(batch.ended()).failed()).isEqualTo(1);
        assertThat(get(queue.deadLetters(0, 10)).get(0).attempts()).isZero();
    }

    @Test
    void aQueueIsOpenWithOneCodecInAProcess() throws Exception {
        queue(JobCodec.strings());
        queue(JobCodec.strings());
        assertThatThrownBy(() -> queue(JobCodec.bytes()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "queue '" + QUEUE + "' is open in this process with codec \"string\" version 1, and cannot be"
                                + " opened with codec \"bytes\" version 1, since neither decodes what the other one encodes");
        JobCodec<String> first = JsonCodec.of(String.class).withName("first");
        DurableQueue.open(system, store, "another", first);
        assertThatThrownBy(() -> DurableQueue.open(
                        system, store, "another", JsonCodec.of(String.class).withName("second")))
                .hasMessageContainingAll("\"first\"", "\"second\"");
    }

    @Test
    void jobsThatAreDamagedInTheDatabaseFailAndOthersRun() throws Exception {
        DurableQueue<String> queue = queue(JobCodec.strings());
        DurableBatch damaged = get(queue.enqueueAll(texts(2)));
        execute("UPDATE workpool_payload SET data = '\\x00ffffff'");
        DurableBatch sound = get(queue.enqueueAll(texts(3)));
        closed(queue.workOn(pool(job -> {})));
        assertThat(get(damaged.ended())).isEqualTo(new BatchProgress(2, 0, 2, 0, 0, 0));
        assertThat(get(sound.ended())).isEqualTo(new BatchProgress(3, 3, 0, 0, 0, 0));
        assertThat(get(queue.deadLetters(0, 10)))
                .hasSize(2)
                .allSatisfy(letter -> assertThat(letter.error()).hasMessageContaining("damaged"));
    }
}
