package dev.workpool.cluster.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.session.Gap;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.JobsBlock;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Jobs are sent in order as far as there is room; those that cannot be are refused, each by itself. */
class JobSenderTest {
    private static final int WINDOW = 65_536;

    private static final EncodedJob.Origin ORIGIN = new EncodedJob.Origin() {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public boolean mayBegin() {
            return true;
        }
    };

    /** Jobs are numbers: those that end with 7 cannot be encoded, and the hundreds are as large as they say. */
    private static final class Numbers implements JobCodec<Integer> {
        private final List<Integer> encoded = new ArrayList<>();

        @Override
        public String name() {
            return "numbers";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public byte[] encode(Integer job) {
            encoded.add(job);
            if (job % 10 == 7) {
                throw new IllegalStateException("seven");
            } else if (job % 10 == 8) {
                return null;
            }
            return Integer.toString(job).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Integer decode(int version, byte[] bytes) {
            return Integer.parseInt(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "a codec of numbers";
        }
    }

    private final Numbers codec = new Numbers();
    private final TestInbox<WireMessage> way = TestInbox.create();
    private final FrameReceiver receiver = new FrameReceiver(WINDOW, 1 << 20);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> refused = new ArrayList<>();

    private final JobSender<Integer, String> sender = new JobSender<>(
            new FrameSender(1, way.getRef(), 4_096, WINDOW),
            codec,
            5,
            "workpool.cluster.pools.pool.max-job-bytes",
            tasks::add,
            () -> 0,
            (job, reason) -> {
                assertThat(job.size()).isEqualTo(1);
                refused.add(job.first() + " " + reason);
            });

    private static Slice<String> slice(int batchId, int first, int count) {
        return Slices.slice(batchId, first, count);
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private List<JobsBlock> blocks() throws Gap {
        List<JobsBlock> blocks = new ArrayList<>();
        for (WireMessage message : way.getAllReceived()) {
            byte[] block = receiver.receive((WireMessage.Frame) message, 0);
            if (block != null) {
                blocks.add(JobsBlock.read(block, ORIGIN, 0));
            }
        }
        return blocks;
    }

    private List<Integer> jobs(List<JobsBlock> blocks) {
        List<Integer> all = new ArrayList<>();
        for (JobsBlock block : blocks) {
            for (int i = 0; i < block.jobs().length; i++) {
                int job = codec.decode(1, block.jobs()[i].bytes());
                assertThat(job).isEqualTo((int) block.first() + i);
                all.add(job);
            }
        }
        return all;
    }

    @Test
    void jobsAreSentInOrderByTheCallbacksThread() throws Gap {
        sender.add(1, 4, slice(3, 10, 5));
        sender.add(2, 5, slice(4, 20, 2));
        assertThat(blocks()).isEmpty();
        assertThat(codec.encoded).isEmpty();
        runAll();
        List<JobsBlock> blocks = blocks();
        assertThat(blocks).extracting(JobsBlock::grant).containsExactly(1L, 2L);
        assertThat(blocks).extracting(JobsBlock::weights).containsExactly(4L, 5L);
        assertThat(blocks).extracting(JobsBlock::batchId).containsExactly(3L, 4L);
        assertThat(jobs(blocks)).containsExactly(10, 11, 12, 13, 14, 20, 21);
    }

    @Test
    void whatCannotBeEncodedIsRefusedAndTheOthersGo() throws Gap {
        sender.add(1, 1, slice(3, 15, 6));
        sender.add(2, 1, slice(3, 99_998, 4));
        runAll();
        assertThat(jobs(blocks())).containsExactly(15, 16, 19, 20, 99_999);
        assertThat(refused)
                .satisfiesExactly(
                        reason -> assertThat(reason)
                                .isEqualTo("17 job 17 cannot be encoded by a codec of numbers:"
                                        + " java.lang.IllegalStateException: seven"),
                        reason -> assertThat(reason).isEqualTo("18 job 18 was encoded as null by a codec of numbers"),
                        reason -> assertThat(reason).contains("99998 was encoded as null"),
                        reason -> assertThat(reason)
                                .isEqualTo("100000 job 100000 has 6 bytes; allowed by"
                                        + " workpool.cluster.pools.pool.max-job-bytes: up to 5"),
                        reason -> assertThat(reason).startsWith("100001 "));
    }

    @Test
    void nothingIsEncodedForWhichThereIsNoRoom() throws Gap {
        int jobs = 90_000;
        sender.add(1, 1, slice(3, 0, jobs));
        sender.add(2, 1, slice(4, 0, 1));
        runAll();
        int atFirst = codec.encoded.size();
        assertThat(atFirst).isLessThan(jobs);
        List<Integer> arrived = new ArrayList<>(jobs(blocks()));
        for (int rounds = 0; rounds < 100; rounds++) {
            sender.acknowledged(receiver.frames());
            runAll();
            arrived.addAll(jobs(blocks()));
        }
        assertThat(sender.frames()).isEqualTo(receiver.frames());
        assertThat(arrived)
                .containsExactlyElementsOf(IntStream.concat(IntStream.range(0, jobs), IntStream.of(0))
                        .filter(job -> job % 10 != 7 && job % 10 != 8)
                        .boxed()
                        .toList());
        assertThat(codec.encoded).hasSize(jobs + 1);
        assertThat(refused).hasSize(jobs / 5);
    }

    @Test
    void aClosedOneSendsNothing() throws Gap {
        sender.add(1, 1, slice(3, 0, 5));
        sender.close();
        runAll();
        assertThat(blocks()).isEmpty();
        assertThat(codec.encoded).isEmpty();
    }
}
