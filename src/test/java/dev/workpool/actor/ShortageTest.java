package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A crew where threads are limited. */
class ShortageTest {
    private static final long SECOND = 1_000_000_000;

    private final CrewHarness crew = new CrewHarness(4, settings -> settings.withChunkMaxJobs(1));

    /** Jobs more, which workers begin if they can; the router hears who cannot. */
    private void grant(int jobs) {
        crew.grant(1, jobs, 0);
        receiveAll();
    }

    private void receiveAll() {
        boolean any = true;
        while (any) {
            any = false;
            for (int i = 0; i < crew.staff.size(); i++) {
                CrewHarness.Staff each = crew.staff.get(i);
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
        return crew.staff.stream().filter(CrewHarness.Staff::isBusy).count();
    }

    /** Everybody ends a job and begins the next. */
    private void endAll() {
        for (int i = 0; i < crew.staff.size(); i++) {
            CrewHarness.Staff each = crew.staff.get(i);
            if (each.isBusy()) {
                each.step();
                each.report();
                each.step();
            }
        }
        crew.grantReturned();
        receiveAll();
    }

    @Test
    void theOthersRunWhatAWorkerWithoutAThreadWasHanded() {
        crew.threadsLeft = 3;
        grant(4);
        assertThat(running()).isEqualTo(3);
        assertThat(crew.crew.lacking()).isEqualTo(1);
        assertThat(crew.crew.nextInspectionNs()).isLessThanOrEqualTo(crew.nowNs + Shortage.SETTLED_NS);
        endAll();
        assertThat(running()).as("the fourth job").isEqualTo(1);
        endAll();
        assertThat(crew.outcomes).hasSize(4);
    }

    @Test
    void someThreadsAreLeftToOthers() {
        crew.threadsLeft = 3;
        grant(9);
        crew.pass(Shortage.SETTLED_NS);
        assertThat(crew.shortages).isEqualTo(1);
        assertThat(running()).as("nobody is idle").isEqualTo(3);
        endAll();
        assertThat(running()).as("one has gone home").isEqualTo(2);
        assertThat(crew.staff.stream().filter(each -> each.hasThread() && !each.alive))
                .hasSize(1);
        assertThat(crew.crew.lacking()).isEqualTo(2);
        for (int i = 0; i < 4; i++) {
            endAll();
        }
        assertThat(crew.outcomes).hasSize(9);
        assertThat(crew.crew.wanted()).as("two chunks each").isEqualTo(crew.credited + 2 * 2);
    }

    @Test
    void theIdleLeaveTheirsFirst() {
        crew.threadsLeft = 2;
        grant(3);
        endAll();
        assertThat(running()).isEqualTo(1);
        crew.pass(Shortage.SETTLED_NS);
        assertThat(crew.crew.lacking()).isEqualTo(3);
        assertThat(running()).isEqualTo(1);
        grant(4);
        assertThat(running()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            endAll();
        }
        assertThat(crew.outcomes).hasSize(7);
    }

    @Test
    void aWorkerWithoutAThreadIsTriedAgainAfterASecondThenTwoUpToHalfAMinute() {
        crew.threadsLeft = 0;
        crew.grant(1, 1, 0);
        long[] pauses = {1, 2, 4, 8, 16, 30, 30};
        for (long pause : pauses) {
            receiveAll();
            assertThat(crew.crew.lacking()).isEqualTo(4);
            assertThat(crew.crew.wanted()).isEqualTo(crew.credited);
            crew.pass(Shortage.SETTLED_NS);
            assertThat(crew.crew.nextInspectionNs()).isLessThanOrEqualTo(crew.nowNs + pause * SECOND);
            crew.pass(pause * SECOND - Shortage.SETTLED_NS - 1);
            assertThat(crew.staff).noneMatch(each -> each.mailbox.hasMessages());
            crew.pass(1);
            assertThat(crew.staff).anyMatch(each -> each.mailbox.hasMessages());
        }
        assertThat(crew.shortages).isEqualTo(1);
        crew.threadsLeft = 1;
        receiveAll();
        assertThat(running()).isEqualTo(1);
    }

    @Test
    void aSecondShortageIsToldOnceTheFirstIsOver() {
        crew.threadsLeft = 3;
        grant(4);
        crew.pass(Shortage.SETTLED_NS);
        endAll();
        crew.threadsLeft = Integer.MAX_VALUE;
        crew.pass(SECOND);
        grant(4);
        endAll();
        assertThat(crew.crew.lacking()).isZero();
        assertThat(crew.shortages).isEqualTo(1);
        crew.threadsLeft = 0;
        crew.kill(0);
        grant(4);
        crew.pass(Shortage.SETTLED_NS);
        assertThat(crew.crew.lacking()).isEqualTo(1);
        assertThat(crew.shortages).isEqualTo(2);
        assertThat(crew.crew.nextInspectionNs()).isLessThanOrEqualTo(crew.nowNs + SECOND);
        for (int i = 0; i < 4; i++) {
            endAll();
        }
        assertThat(crew.outcomes).hasSize(12);
    }

    @Test
    void aWorkerThatLeavesIsNotMissed() {
        crew.threadsLeft = 3;
        grant(4);
        boolean first = crew.slot(0).lacking;
        crew.resize(1);
        assertThat(crew.crew.lacking()).isEqualTo(first ? 1 : 0);
        crew.pass(SECOND);
        crew.threadsLeft = 1;
        for (int i = 0; i < 4; i++) {
            endAll();
            crew.pass(SECOND);
            receiveAll();
        }
        assertThat(crew.outcomes).hasSize(4);
    }
}
