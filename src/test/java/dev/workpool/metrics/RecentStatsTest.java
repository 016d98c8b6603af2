package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.job.QueueStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class RecentStatsTest {
    private final Queue<CompletableFuture<QueueStats>> asked = new ArrayDeque<>();
    private long nowNs = 17;
    private final RecentStats stats = new RecentStats(this::ask, () -> nowNs);

    private CompletionStage<QueueStats> ask() {
        CompletableFuture<QueueStats> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private static QueueStats waiting(long jobs) {
        return new QueueStats(false, jobs, 0, 0, Duration.ZERO, 0);
    }

    @Test
    void nobodyWaitsForAnAnswerAndAllShareIt() {
        assertThat(stats.get()).isEmpty();
        assertThat(stats.get()).isEmpty();
        assertThat(asked).hasSize(1);
        asked.poll().complete(waiting(1));
        assertThat(stats.get()).contains(waiting(1));
        nowNs += RecentStats.EVERY_NS - 1;
        assertThat(stats.get()).contains(waiting(1));
        assertThat(asked).isEmpty();
        nowNs++;
        assertThat(stats.get()).as("the last answer, until there is another").contains(waiting(1));
        asked.poll().complete(waiting(2));
        assertThat(stats.get()).contains(waiting(2));
    }

    @Test
    void aStoreThatDoesNotAnswerIsNotAskedAgainMeanwhile() {
        stats.get();
        nowNs += 10 * RecentStats.EVERY_NS;
        stats.get();
        assertThat(asked).hasSize(1);
        asked.poll().completeExceptionally(new IllegalStateException("away"));
        assertThat(stats.get()).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatIsOldIsNotShown() {
        stats.get();
        asked.poll().complete(waiting(1));
        nowNs += RecentStats.FRESH_NS - 1;
        assertThat(stats.get()).isPresent();
        nowNs++;
        assertThat(stats.get()).isEmpty();
    }
}
