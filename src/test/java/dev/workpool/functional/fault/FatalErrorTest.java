package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.ChildJvm;
import dev.workpool.support.HungryActor.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM whose pools' own thread finds no memory, or stands still: whatever ends it, it ends. */
class FatalErrorTest {
    private static final int AKKAS_STATUS = 255;
    private static final int SIGTERM = 15;

    private static ChildJvm start(String fault, String settings) {
        return ChildJvm.start(List.of("-Xmx64m"), StrickenPool.class, fault, settings);
    }

    @Test
    void aPoolWhoseActorHasAFatalErrorTellsEverybodyAndTheProcessEndsAtOnce() throws Exception {
        try (ChildJvm child = start(StrickenPool.ITSELF, "workpool.close-timeout = 1h")) {
            assertThat(child.awaitExit()).isEqualTo(AKKAS_STATUS);
            assertThat(child.awaitLine("told of [")).contains("Cancelled");
            child.awaitLine("told of the single job ");
        }
    }

    @Test
    void whereTheProcessIsToLiveOnEveryStageCompletesAllTheSame() throws Exception {
        String settings = "workpool.close-timeout = 1h, akka.jvm-exit-on-fatal-error = off";
        try (ChildJvm child = start(StrickenPool.ITSELF, settings)) {
            child.awaitLine("told of [");
            child.awaitLine("told of the single job ");
        }
    }

    /** Its phases would have an hour. */
    @Test
    void aProcessThatHasAFatalErrorWhileItEndsIsHaltedToo() throws Exception {
        String settings = "workpool { close-timeout = 3s, cancel-grace = 1s },"
                + " akka.coordinated-shutdown.phases.before-service-unbind.timeout = 1h";
        try (ChildJvm child = start(StrickenPool.AT_THE_END, settings)) {
            child.awaitLine("running");
            child.terminate();
            assertThat(child.awaitExit()).isEqualTo(AKKAS_STATUS);
            child.awaitLine("after a fatal error, its longest close-timeout");
        }
    }

    /** Nobody is left who could end it. */
    @ParameterizedTest
    @EnumSource(Fault.class)
    void aProcessThatCannotEndInOrderIsHalted(Fault fault) throws Exception {
        String settings =
                "workpool { close-timeout = 3s, cancel-grace = 1s }, akka.coordinated-shutdown.phases.actor-system-terminate.timeout = 1s";
        try (ChildJvm child = start(fault.name(), settings)) {
            child.awaitLine("running");
            if (fault == Fault.STANDS_STILL) {
                child.terminate();
            }
            assertThat(child.awaitExit()).isEqualTo(fault == Fault.STANDS_STILL ? 128 + SIGTERM : AKKAS_STATUS);
        }
    }
}
