package dev.workpool.cluster.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A job that loses the nodes that run it is given up in the end, and none beside it. */
class LossesTest {
    private final List<String> again = new ArrayList<>();
    private final List<String> tooOften = new ArrayList<>();

    private void lose(Losses losses, Slice<String> slice, long... running) {
        again.clear();
        tooOften.clear();
        losses.lost(
                List.of(slice),
                LongStream.of(running).mapToObj(index -> new JobAt(1, index)).toList(),
                part -> again.addAll(Slices.jobs(part)),
                part -> tooOften.addAll(Slices.jobs(part)));
    }

    @Test
    void aJobThatRanEachTimeIsGivenUpAtTheLast() {
        Losses losses = new Losses(3);
        Slice<String> slice = Slices.slice(1, 10, 4);
        for (int loss = 1; loss < 3; loss++) {
            lose(losses, slice, 11);
            assertThat(again).containsExactly("1:10", "1:11", "1:12", "1:13");
            assertThat(tooOften).isEmpty();
        }
        lose(losses, slice, 11);
        assertThat(again).containsExactly("1:10", "1:12", "1:13");
        assertThat(tooOften).containsExactly("1:11");
    }

    @Test
    void aJobThatMayHaveRunIsGivenUpLater() {
        Losses losses = new Losses(2);
        Slice<String> slice = Slices.slice(1, 0, 1);
        int losts = 0;
        do {
            lose(losses, slice);
            losts++;
        } while (tooOften.isEmpty());
        assertThat(losts).isEqualTo(9);
    }

    @Test
    void atTheFirstLossWhereOnceIsTheMost() {
        Losses losses = new Losses(1);
        lose(losses, Slices.slice(1, 0, 3), 0, 2);
        assertThat(again).containsExactly("1:1");
        assertThat(tooOften).containsExactly("1:0", "1:2");
    }

    @Test
    void jobsThatHaveTheirOutcomesAreForgotten() {
        Losses losses = new Losses(2);
        Slice<String> slice = Slices.slice(1, 0, 2);
        lose(losses, slice, 0, 1);
        assertThat(losses.areNone()).isFalse();
        losses.forget(List.of(Slices.slice(1, 0, 1)));
        lose(losses, slice, 0, 1);
        assertThat(again).containsExactly("1:0");
        losses.forget(List.of(slice));
        assertThat(losses.areNone()).isTrue();
    }

    @Test
    void jobsWhoseLossIsLongAgoAreForgotten() {
        Losses losses = new Losses(2);
        lose(losses, Slices.slice(1, 0, 2), 0, 1);
        lose(losses, Slices.slice(2, 0, 99_999));
        lose(losses, Slices.slice(1, 1, 1), 1);
        assertThat(tooOften).containsExactly("1:1");
        lose(losses, Slices.slice(1, 0, 1), 0);
        assertThat(again).containsExactly("1:0");
    }
}
