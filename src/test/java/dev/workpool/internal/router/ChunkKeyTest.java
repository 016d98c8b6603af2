package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChunkKeyTest {

    @Test
    void chunksAreInTheOrderOfBatchFirstJobAndNumber() {
        ChunkKey[] inOrder = {
            ChunkKey.beginOf(1),
            new ChunkKey(1, 5, 9),
            new ChunkKey(1, 6, 2),
            new ChunkKey(1, 6, 3),
            ChunkKey.upTo(1, 6),
            new ChunkKey(1, 7, 1),
            ChunkKey.beginOf(2),
            new ChunkKey(2, 0, 0)
        };
        for (int i = 0; i < inOrder.length; i++) {
            for (int j = 0; j < inOrder.length; j++) {
                assertThat(Integer.signum(inOrder[i].compareTo(inOrder[j])))
                        .as("%s and %s", inOrder[i], inOrder[j])
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    void theChunksThatMayHoldAJobAreThoseOfItsBatchThatDoNotBeginAfterIt() {
        TreeSet<ChunkKey> chunks = new TreeSet<>();
        for (int batch = 1; batch <= 3; batch++) {
            for (int first = 0; first < 30; first += 10) {
                chunks.add(new ChunkKey(batch, first, batch * 100 + first));
            }
        }
        assertThat(chunks.subSet(ChunkKey.beginOf(2), ChunkKey.upTo(2, 10)))
                .containsExactly(new ChunkKey(2, 0, 200), new ChunkKey(2, 10, 210));
    }
}
