package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.settings.WhenFull;
import org.junit.jupiter.api.Test;

/** Workers where threads are limited. */
class ShortageTest {
    private static final long SECOND = 1_000_000_000;

    private final ChunkSchedulerHarness chunkScheduler = new ChunkSchedulerHarness(
            4, settings -> settings.withChunkMaxJobs(1).withQueueCapacity(100, WhenFull.REJECT));

    /** Jobs more, which workers begin if they can; the router hears who cannot. */
    private void grant(int jobs) {
        chunkScheduler.grant(1, jobs, 0);
        receiveAll();
    }

    private void receiveAll() {
        boolean any = true;
        while (any) {
            any = false;
            for (int i = 0; i < chunkScheduler.staff.size(); i++) {
                ChunkSchedulerHarness.Staff each = chunkScheduler.staff.get(i);
                if (each.receive()) {
                    any = true;
                    if (!each.isBusy()) {
                        each.step();
                    }
                    while (!each.notStarted.isEmpty()) {
                        each.report();
                    }
                }
            }
        }
    }

    private long running() {
        return chunkScheduler.staff.stream()
                .filter(ChunkSchedulerHarness.Staff::isBusy)
                .count();
    }

    /** Everybody ends a job and begins the next. */
    private void endAll() {
        for (int i = 0; i < chunkScheduler.staff.size(); i++) {
            ChunkSchedulerHarness.Staff each = chunkScheduler.staff.get(i);
            if (each.isBusy()) {
                each.step();
                each.report();
                each.step();
            }
        }
        chunkScheduler.grantReturned();
        receiveAll();
    }

    @Test
    void theOthersRunWhatAWorkerWithoutAThreadWasHanded() {
        chunkScheduler.threadsLeft = 3;
        grant(4);
        assertThat(running()).isEqualTo(3);
        assertThat(chunkScheduler.chunkScheduler.lacking()).isEqualTo(1);
        assertThat(chunkScheduler.chunkScheduler.nextInspectionNs())
                .isLessThanOrEqualTo(chunkScheduler.nowNs + Shortage.SETTLED_NS);
        endAll();
        assertThat(running()).as("the fourth job").isEqualTo(1);
        endAll();
        assertThat(chunkScheduler.outcomes).hasSize(4);
    }

    @Test
    void someThreadsAreLeftToOthers() {
        chunkScheduler.threadsLeft = 3;
        grant(9);
        chunkScheduler.pass(Shortage.SETTLED_NS);
        assertThat(chunkScheduler.shortages).isEqualTo(1);
        assertThat(running()).as("nobody is idle").isEqualTo(3);
        endAll();
        assertThat(running()).as("one has gone home").isEqualTo(2);
        assertThat(chunkScheduler.staff.stream().filter(each -> each.hasThread() && !each.alive))
                .hasSize(1);
        assertThat(chunkScheduler.chunkScheduler.lacking()).isEqualTo(2);
        for (int i = 0; i < 4; i++) {
            endAll();
        }
        assertThat(chunkScheduler.outcomes).hasSize(9);
        assertThat(chunkScheduler.chunkScheduler.wanted()).as("a job each").isEqualTo(chunkScheduler.credited + 2);
    }

    @Test
    void whoLacksAThreadIsNotIdle() {
        chunkScheduler.threadsLeft = 3;
        grant(4);
        endAll();
        assertThat(running()).isEqualTo(1);
        assertThat(chunkScheduler.chunkScheduler.forIdle(0) - chunkScheduler.credited)
                .as("four, less one that runs and one without a thread")
                .isEqualTo(2);
    }

    @Test
    void theIdleLeaveTheirsFirst() {
        chunkScheduler.threadsLeft = 2;
        grant(3);
        endAll();
        assertThat(running()).isEqualTo(1);
        chunkScheduler.pass(Shortage.SETTLED_NS);
        assertThat(chunkScheduler.chunkScheduler.lacking()).isEqualTo(3);
        assertThat(running()).isEqualTo(1);
        grant(4);
        assertThat(running()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            endAll();
        }
        assertThat(chunkScheduler.outcomes).hasSize(7);
    }

    @Test
    void aWorkerWithoutAThreadIsTriedAgainAfterASecondThenTwoUpToHalfAMinute() {
        chunkScheduler.threadsLeft = 0;
        chunkScheduler.grant(1, 1, 0);
        long[] pauses = {1, 2, 4, 8, 16, 30, 30};
        for (long pause : pauses) {
            receiveAll();
            assertThat(chunkScheduler.chunkScheduler.lacking()).isEqualTo(4);
            assertThat(chunkScheduler.chunkScheduler.wanted()).isEqualTo(chunkScheduler.credited);
            chunkScheduler.pass(Shortage.SETTLED_NS);
            assertThat(chunkScheduler.chunkScheduler.nextInspectionNs())
                    .isLessThanOrEqualTo(chunkScheduler.nowNs + pause * SECOND);
            chunkScheduler.pass(pause * SECOND - Shortage.SETTLED_NS - 1);
            assertThat(chunkScheduler.staff).noneMatch(each -> each.mailbox.hasMessages());
            chunkScheduler.pass(1);
            assertThat(chunkScheduler.staff).anyMatch(each -> each.mailbox.hasMessages());
        }
        assertThat(chunkScheduler.shortages).isEqualTo(1);
        chunkScheduler.threadsLeft = 1;
        receiveAll();
        assertThat(running()).isEqualTo(1);
    }

    @Test
    void aSecondShortageIsToldOnceTheFirstIsOver() {
        chunkScheduler.threadsLeft = 3;
        grant(4);
        chunkScheduler.pass(Shortage.SETTLED_NS);
        endAll();
        chunkScheduler.threadsLeft = Integer.MAX_VALUE;
        chunkScheduler.pass(SECOND);
        grant(4);
        endAll();
        assertThat(chunkScheduler.chunkScheduler.lacking()).isZero();
        assertThat(chunkScheduler.shortages).isEqualTo(1);
        chunkScheduler.threadsLeft = 0;
        chunkScheduler.kill(0);
        grant(4);
        chunkScheduler.pass(Shortage.SETTLED_NS);
        assertThat(chunkScheduler.chunkScheduler.lacking()).isEqualTo(1);
        assertThat(chunkScheduler.shortages).isEqualTo(2);
        assertThat(chunkScheduler.chunkScheduler.nextInspectionNs()).isLessThanOrEqualTo(chunkScheduler.nowNs + SECOND);
        for (int i = 0; i < 4; i++) {
            endAll();
        }
        assertThat(chunkScheduler.outcomes).hasSize(12);
    }

    /** It has begun its next chunk before the router hears of the one after which it goes: its place stays without a thread. */
    @Test
    void aWorkerThatHasGoneHomeIsMissedWhileItRunsItsLastChunk() {
        ChunkSchedulerHarness harness = new ChunkSchedulerHarness(
                4, settings -> settings.withChunkMaxJobs(2).withQueueCapacity(100, WhenFull.REJECT));
        harness.grant(1, 4, 0);
        work(harness, 1_000_000); // the cost is known, and chunks are handed out in advance
        harness.threadsLeft = 0;
        harness.kill(0);
        harness.grant(1, 2, 0);
        work(harness, 1_000_000);
        harness.pass(Shortage.SETTLED_NS - 1_000_001);
        assertThat(harness.chunkScheduler.lacking()).isEqualTo(1);
        harness.grant(1, 12, 0);
        receive(harness);
        harness.pass(1);
        assertThat(harness.shortages).isEqualTo(1);
        ChunkSchedulerHarness.Staff leaving = harness.staff.stream()
                .filter(each -> each.isBusy() && !each.queue.isEmpty())
                .findFirst()
                .orElseThrow();
        while (leaving.reports.isEmpty() || !leaving.isBusy()) {
            leaving.step();
        }
        leaving.report();
        assertThat(leaving.alive).isFalse();
        assertThat(harness.chunkScheduler.lacking()).isEqualTo(2);
        while (leaving.isBusy()) {
            leaving.step();
        }
        leaving.report();
        assertThat(harness.chunkScheduler.lacking()).isEqualTo(2);
    }

    private static void receive(ChunkSchedulerHarness harness) {
        for (int i = 0; i < harness.staff.size(); i++) {
            ChunkSchedulerHarness.Staff each = harness.staff.get(i);
            each.receive();
            while (!each.notStarted.isEmpty()) {
                each.report();
            }
            if (!each.isBusy()) {
                each.step();
            }
        }
    }

    /** Everybody runs what there is, which takes as long. */
    private static void work(ChunkSchedulerHarness harness, long ns) {
        receive(harness);
        harness.pass(ns);
        for (int i = 0; i < harness.staff.size(); i++) {
            ChunkSchedulerHarness.Staff each = harness.staff.get(i);
            while (each.step()) {}
            while (each.report()) {}
        }
        harness.grantReturned();
    }

    @Test
    void aWorkerThatLeavesIsNotMissed() {
        chunkScheduler.threadsLeft = 3;
        grant(4);
        boolean first = chunkScheduler.slot(0).lacking;
        chunkScheduler.resize(1);
        assertThat(chunkScheduler.chunkScheduler.lacking()).isEqualTo(first ? 1 : 0);
        chunkScheduler.pass(SECOND);
        chunkScheduler.threadsLeft = 1;
        for (int i = 0; i < 4; i++) {
            endAll();
            chunkScheduler.pass(SECOND);
            receiveAll();
        }
        assertThat(chunkScheduler.outcomes).hasSize(4);
    }
}
