package dev.workpool.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random pools and executors with hostile users, from their start to one of many ends, against a model of what the documents promise. Small by
 * default, see {@link FuzzOptions}. Each failure names the seed of its round.
 */
class PoolFuzzTest {
    private static final Logger LOG = LoggerFactory.getLogger(PoolFuzzTest.class);

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // on demand it takes as long as one likes; lanes that hang are noticed
    void poolsKeepTheirPromisesWhateverTheirUsersDo() throws InterruptedException {
        FuzzOptions options = FuzzOptions.read();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {}); // tasks of executors throw a lot
        try (LogWatch log = LogWatch.open()) {
            Campaign calm = Campaign.warmingUp();
            play(calm, 1);
            assertThat(calm.report()).isEmpty();
            Campaign campaign = new Campaign(options, false);
            play(campaign, options.lanes());
            LOG.warn("{}", campaign);
            assertThat(campaign.report()).isEmpty();
            assertThat(log.faults()).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static void play(Campaign campaign, int count) throws InterruptedException {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lanes.add(Lane.start(campaign, i));
        }
        for (Lane lane : lanes) {
            lane.join();
        }
    }
}
