package dev.workpool.faultinjection;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** Runs test classes in a JVM whose class path has a fault in it, and says which of them notice. */
final class FaultTrial {
    static final String NOTICED = "noticed by ";
    static final String PASSED = "passed, of tests: ";

    private static final long LONGEST_S = 50;

    private FaultTrial() {}

    public static void main(String[] classes) {
        CompletableFuture.delayedExecutor(LONGEST_S, TimeUnit.SECONDS).execute(FaultTrial::endWhatHangs);
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(Arrays.stream(classes)
                                        .map(name -> selectClass(name))
                                        .toList())
                                .configurationParameter("junit.jupiter.execution.timeout.default", "30 s")
                                .build(),
                        summary);
        for (Failure failure : summary.getSummary().getFailures()) {
            System.out.println(NOTICED + failure.getTestIdentifier().getDisplayName());
        }
        if (summary.getSummary().getFailures().isEmpty()) {
            System.out.println(PASSED + summary.getSummary().getTestsSucceededCount());
        }
        System.exit(0); // what the fault has left running does not matter
    }

    /** A test that waits for ever would notice too, if nobody ended it. */
    private static void endWhatHangs() {
        System.out.println(NOTICED + "one that hangs");
        Runtime.getRuntime().halt(0);
    }
}
