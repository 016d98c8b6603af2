package dev.workpool.durable.internal.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Each job is in one segment, at its index. */
class PackerTest {
    private final List<NewSegment> segments = new ArrayList<>();

    private Packer<String> packer(Lanes<String> lanes, int mostJobs, int mostBytes) {
        segments.clear();
        return new Packer<>(
                new Encoder<>("q", JobCodec.strings(), 1_000), lanes, mostJobs, mostBytes, 1 << 20, segments::add);
    }

    /** What is in the segments, by index; and that the segments are numbered without a gap. */
    private Map<Long, String> packed() {
        Map<Long, String> jobs = new TreeMap<>();
        long number = 0;
        for (NewSegment segment : segments) {
            assertThat(segment.jobs().lowest()).isEqualTo(number);
            JobBlock block = JobBlock.read(segment.block());
            assertThat(block.size()).isEqualTo(segment.jobs().size());
            for (int place = 0; place < block.size(); place++) {
                String text = new String(block.job(place), StandardCharsets.UTF_8);
                assertThat(jobs.put(block.index(segment.jobs().lowest(), place), text))
                        .isNull();
            }
            number += block.size();
        }
        return jobs;
    }

    private static Map<Long, String> expected(List<String> jobs) {
        Map<Long, String> expected = new TreeMap<>();
        jobs.forEach(job -> expected.put((long) expected.size(), job));
        return expected;
    }

    @Property(tries = 200)
    void jobsArePackedInOrder(
            @ForAll @Size(max = 60) List<@AlphaChars @StringLength(max = 20) String> jobs,
            @ForAll @IntRange(min = 1, max = 10) int mostJobs,
            @ForAll @IntRange(min = 1, max = 100) int mostBytes) {
        Packer<String> packer = packer(Lanes.none(), mostJobs, mostBytes);
        jobs.forEach(packer::add);
        packer.finish();
        assertThat(packed()).isEqualTo(expected(jobs));
        assertThat(packer.jobs()).isEqualTo(jobs.size());
        assertThat(segments).allSatisfy(segment -> {
            assertThat(segment.lane()).isEqualTo(-1);
            assertThat(segment.jobs().size()).isLessThanOrEqualTo(mostJobs);
        });
    }

    @Property(tries = 200)
    void jobsOfALaneAreTogetherAndInOrder(
            @ForAll @Size(max = 60) List<@AlphaChars @StringLength(min = 1, max = 3) String> jobs,
            @ForAll @IntRange(min = 1, max = 10) int mostJobs,
            @ForAll @IntRange(min = 1, max = 5) int lanes) {
        Lanes<String> byLetter = new Lanes<>(lanes, job -> job.charAt(0));
        Packer<String> packer = packer(byLetter, mostJobs, 1_000);
        jobs.forEach(packer::add);
        packer.finish();
        assertThat(packed()).isEqualTo(expected(jobs));
        Map<Integer, Long> last = new HashMap<>();
        for (NewSegment segment : segments) {
            JobBlock block = JobBlock.read(segment.block());
            for (int place = 0; place < block.size(); place++) {
                assertThat(byLetter.of(new String(block.job(place), StandardCharsets.UTF_8)))
                        .isEqualTo(segment.lane());
                long index = block.index(segment.jobs().lowest(), place);
                assertThat(last.getOrDefault(segment.lane(), -1L)).isLessThan(index);
                last.put(segment.lane(), index);
            }
        }
    }

    @Test
    void aJobThatCannotBeEncodedIsNamedAndLeavesTheOthers() {
        Packer<String> packer = packer(Lanes.none(), 10, 1_000);
        packer.add("a");
        assertThatThrownBy(() -> packer.add(null)).hasMessage("job 1 for queue 'q' is null");
        assertThatThrownBy(() -> packer.add("x".repeat(1_001)))
                .hasMessageStartingWith("job 1 for queue 'q' has 1001 bytes; allowed by workpool.durable.queues.q");
        packer.add("b");
        packer.finish();
        assertThat(packed()).isEqualTo(expected(List.of("a", "b")));
    }

    @Test
    void lanesGoByTheTextOfTheKey() {
        Lanes<Object> lanes = new Lanes<>(64, job -> job);
        assertThat(lanes.of(17)).isEqualTo(lanes.of("17")).isBetween(0, 63);
        assertThat(Lanes.none().of("17")).isEqualTo(-1);
    }
}
