package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.router.Router;
import dev.workpool.job.PoolStats;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatsRequestsTest {
    private int questions;
    private final List<PoolStats> answers = new ArrayList<>();
    private final StatsRequests requests = new StatsRequests(
            3,
            () -> questions++,
            census -> new PoolStats("p", census.workers(), 0, 0, 0, 0, 0, 0, census.running(), 0, census.abandoned()));

    @Test
    void theRouterIsAskedOnceForAllWhoAskMeanwhile() {
        requests.ask(answers::add);
        requests.ask(answers::add);
        assertThat(questions).isEqualTo(1);
        assertThat(answers).isEmpty();
        requests.onCensus(new Router.Census(4, 2, 1));
        assertThat(answers).hasSize(2).allSatisfy(stats -> {
            assertThat(stats.workers()).isEqualTo(4);
            assertThat(stats.running()).isEqualTo(2);
            assertThat(stats.abandoned()).isEqualTo(1);
        });
        requests.ask(answers::add);
        assertThat(questions).as("whoever comes later asks again").isEqualTo(2);
        assertThat(answers).as("each is told once").hasSize(2);
    }

    @Test
    void whoeverWaitsIsToldWhatIsKnownIfTheRouterDoesNotAnswer() {
        requests.ask(answers::add);
        requests.answer();
        assertThat(answers).extracting(PoolStats::workers).containsExactly(3);
        requests.onCensus(new Router.Census(4, 2, 1));
        assertThat(answers).hasSize(1);
        assertThat(requests.latest().workers()).isEqualTo(4);
    }

    @Test
    void inTheEndNothingRunsButWhatWasAbandoned() {
        requests.onCensus(new Router.Census(4, 2, 1));
        requests.end();
        assertThat(requests.latest().running()).isZero();
        assertThat(requests.latest().abandoned()).isEqualTo(1);
        assertThat(requests.latest().workers()).isEqualTo(4);
    }
}
