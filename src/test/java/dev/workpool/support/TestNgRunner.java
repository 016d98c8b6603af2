package dev.workpool.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import org.testng.xml.XmlSuite;

/**
 * Runs classes of TestNG's, such as the verifications of Reactive Streams, and hands what has become of each of their methods on to
 * JUnit: for a {@code @TestFactory}.
 */
public final class TestNgRunner {
    /** The rules that nobody can test have methods of this name, which say so by skipping themselves. */
    private static final String UNTESTED = "untested_";

    private TestNgRunner() {}

    /**
     * Runs all methods of some classes, which have constructors without parameters. Classes run at the same time, since verifications spend theirs
     * waiting for what must not come.
     *
     * @param notMeant whether a rule, by the name of its method, is not meant for these: only such a one may be skipped
     * @param classes of TestNG's
     * @return a test for each method that has run; one that was skipped, or set up badly, fails
     */
    public static Stream<DynamicTest> run(Predicate<String> notMeant, Class<?>... classes) {
        TestListenerAdapter results = new TestListenerAdapter();
        TestNG testNg = new TestNG(false);
        testNg.setVerbose(0);
        testNg.setTestClasses(classes);
        testNg.setParallel(XmlSuite.ParallelMode.CLASSES);
        testNg.setThreadCount(classes.length);
        testNg.addListener(results);
        testNg.run();
        List<ITestResult> all = new ArrayList<>(results.getPassedTests());
        all.addAll(results.getFailedTests());
        all.addAll(results.getFailedButWithinSuccessPercentageTests());
        all.addAll(results.getConfigurationFailures());
        results.getSkippedTests().stream()
                .filter(result -> !result.getName().startsWith(UNTESTED) && !notMeant.test(result.getName()))
                .forEach(all::add);
        assertThat(results.getPassedTests()).isNotEmpty();
        return all.stream()
                .map(result -> DynamicTest.dynamicTest(
                        result.getTestClass().getRealClass().getSimpleName() + "." + result.getName(),
                        () -> check(result)));
    }

    private static void check(ITestResult result) throws Throwable {
        if (result.getThrowable() != null) {
            throw result.getThrowable();
        }
        assertThat(result.isSuccess()).as("%s", result).isTrue();
    }
}
