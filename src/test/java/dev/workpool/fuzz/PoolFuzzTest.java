package dev.workpool.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random pools with hostile users, from their start to one of many ends, against a model of what the documents promise. On demand, see
 * {@link FuzzOptions}. Each failure names the seed of its round.
 */
class PoolFuzzTest {
    private static final Logger LOG = LoggerFactory.getLogger(PoolFuzzTest.class);

    @Test
    void aPoolKeepsItsPromisesWhateverItsUsersDo() throws Exception {
        assumeTrue(FuzzOptions.areGiven(), "on demand: -Dfuzz.rounds=1000 or -Dfuzz.minutes=60");
        FuzzOptions options = FuzzOptions.read();
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("akka")).setLevel(ch.qos.logback.classic.Level.OFF);
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("dev.workpool.actor"))
                .setLevel(ch.qos.logback.classic.Level.OFF);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {}); // tasks of executors throw a lot
        Lane.warmUp();
        Campaign campaign = new Campaign(options, false);
        List<Thread> lanes = new ArrayList<>();
        for (int i = 0; i < options.lanes(); i++) {
            Thread lane = new Thread(new Lane(campaign, i), "fuzz-lane-" + i);
            lane.start();
            lanes.add(lane);
        }
        for (Thread lane : lanes) {
            lane.join();
        }
        Thread.setDefaultUncaughtExceptionHandler(before);
        LOG.warn("{}", campaign);
        assertThat(campaign.report()).isEmpty();
    }
}
