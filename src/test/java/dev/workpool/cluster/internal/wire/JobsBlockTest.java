package dev.workpool.cluster.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.JobPolicy.Deadline;
import dev.workpool.job.BatchInfo;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Jobs are read as they were written, with how they are to be run; a block that is damaged says so. */
class JobsBlockTest {
    private static final long WRITTEN_NS = -5_000_000_000L;
    private static final long READ_NS = 70_000_000_000L;

    private static final EncodedJob.Origin ORIGIN = new EncodedJob.Origin() {
        @Override
        public int version() {
            return 3;
        }

        @Override
        public boolean mayBegin() {
            return true;
        }
    };

    private static byte[] write(JobPolicy policy, Label label, List<byte[]> jobs) {
        JobsBlock.Writer writer = new JobsBlock.Writer();
        jobs.forEach(writer::add);
        assertThat(writer.jobs()).isEqualTo(jobs.size());
        byte[] block = writer.toBytes(11, 300, 77, 2, 1_000_000_000_000L, policy, label, WRITTEN_NS);
        assertThat(writer.jobs()).isZero();
        assertThat(writer.size()).isZero();
        return block;
    }

    private static JobsBlock read(byte[] block) {
        return JobsBlock.read(block, ORIGIN, READ_NS);
    }

    private static Duration upTo(Random random, long ns) {
        return Duration.ofNanos(random.nextLong(ns));
    }

    private static JobPolicy policy(Random random) {
        RetryPolicy retry = RetryPolicy.attempts(1 + random.nextInt(1_000));
        Deadline deadline = new Deadline(upTo(random, 1L << 60), WRITTEN_NS + random.nextLong(1L << 40));
        return new JobPolicy(
                random.nextBoolean() ? Optional.empty() : Optional.of(upTo(random, Long.MAX_VALUE)),
                random.nextBoolean() ? retry : retry.withTimeouts(true),
                random.nextBoolean() ? Optional.empty() : Optional.of(deadline),
                random.nextBoolean(),
                random.nextBoolean(),
                1 + random.nextInt(Integer.MAX_VALUE),
                random.nextInt(),
                1 + random.nextInt(1_000_000));
    }

    private static Label label(Random random) {
        BatchInfo.Kind[] kinds = BatchInfo.Kind.values();
        return random.nextInt(4) == 0
                ? null
                : new Label(
                        kinds[random.nextInt(kinds.length)], random.nextLong() >>> 1, random.nextBoolean() ? "" : "né");
    }

    private static void assertSame(JobPolicy read, JobPolicy written) {
        Optional<Deadline> moved = written.deadline()
                .map(deadline -> new Deadline(deadline.timeout(), deadline.endsNs() - WRITTEN_NS + READ_NS));
        assertThat(read.deadline()).isEqualTo(moved);
        assertThat(read.timeout()).isEqualTo(written.timeout());
        assertThat(read.retry().maxAttempts()).isEqualTo(written.retry().maxAttempts());
        assertThat(read.retry().timeouts()).isEqualTo(written.retry().timeouts());
        assertThat(List.of(read.keyed(), read.atRest())).isEqualTo(List.of(written.keyed(), written.atRest()));
        assertThat(List.of(read.permits(), read.priority(), read.weight()))
                .isEqualTo(List.of(written.permits(), written.priority(), written.weight()));
    }

    @Property(tries = 500)
    void jobsAreReadAsTheyWereWritten(@ForAll long seed, @ForAll @Size(max = 30) List<byte @Size(max = 200) []> jobs) {
        Random random = new Random(seed);
        JobPolicy policy = policy(random);
        Label label = label(random);
        JobsBlock block = read(write(policy, label, jobs));
        assertThat(List.of(block.grant(), block.weights(), block.batchId(), block.first()))
                .isEqualTo(List.of(11L, 300L, 77L, 1_000_000_000_000L));
        assertThat(block.attempt()).isEqualTo(2);
        assertThat(block.label()).isEqualTo(label);
        assertSame(block.policy(), policy);
        assertThat(block.jobs()).hasSize(jobs.size()).allMatch(job -> job.origin() == ORIGIN);
        for (int i = 0; i < jobs.size(); i++) {
            assertThat(block.jobs()[i].bytes()).isEqualTo(jobs.get(i));
        }
    }

    @Test
    void everyFlagByItselfIsRead() {
        JobPolicy none = JobPolicy.NONE;
        List<JobPolicy> policies = List.of(
                none,
                with(none, RetryPolicy.attempts(3).withTimeouts(true), false, false),
                with(none, none.retry(), true, false),
                with(none, none.retry(), false, true));
        for (JobPolicy policy : policies) {
            assertSame(read(write(policy, null, List.of(new byte[1]))).policy(), policy);
        }
    }

    private static JobPolicy with(JobPolicy policy, RetryPolicy retry, boolean keyed, boolean atRest) {
        return new JobPolicy(
                policy.timeout(),
                retry,
                policy.deadline(),
                keyed,
                atRest,
                policy.permits(),
                Integer.MIN_VALUE,
                policy.weight());
    }

    @Test
    void aDeadlineThatIsOverIsOverThereToo() {
        JobPolicy none = JobPolicy.NONE;
        JobPolicy late = new JobPolicy(
                none.timeout(),
                none.retry(),
                Optional.of(new Deadline(Duration.ofSeconds(1), WRITTEN_NS - 1_000)),
                false,
                false,
                1,
                0,
                1);
        assertThat(read(write(late, null, List.of()))
                        .policy()
                        .deadline()
                        .orElseThrow()
                        .endsNs())
                .isEqualTo(READ_NS);
    }

    @Property(tries = 50)
    void aBlockThatWasCutOffIsDamaged(@ForAll @LongRange(min = 0) long seed) {
        Random random = new Random(seed);
        byte[] block = write(
                policy(random),
                label(random),
                IntStream.range(0, 5)
                        .mapToObj(i -> new byte[1 + random.nextInt(10)])
                        .toList());
        for (int cut = 0; cut < block.length; cut++) {
            byte[] part = Arrays.copyOf(block, cut);
            assertThatThrownBy(() -> read(part)).as("cut after %d", cut).isInstanceOf(DamagedBlock.class);
        }
    }

    @Property(tries = 3_000)
    void aBlockWithOtherBytesIsReadOrDamaged(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] block = write(policy(random), label(random), List.of(new byte[3], new byte[0], new byte[9]));
        for (int i = random.nextInt(4); i >= 0; i--) {
            block[random.nextInt(block.length)] = (byte) random.nextInt();
        }
        assertReadOrDamaged(block);
    }

    @Property(tries = 1_000)
    void bytesOfAnyKindAreReadOrDamaged(@ForAll @Size(max = 60) byte[] bytes) {
        assertReadOrDamaged(bytes);
    }

    private static void assertReadOrDamaged(byte[] bytes) {
        try {
            JobsBlock block = read(bytes);
            for (EncodedJob job : block.jobs()) {
                assertThat(job.bytes()).hasSizeLessThan(bytes.length);
            }
            assertThat(block.policy().permits()).isPositive();
            assertThat(block.policy().weight()).isPositive();
        } catch (DamagedBlock e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }
}
