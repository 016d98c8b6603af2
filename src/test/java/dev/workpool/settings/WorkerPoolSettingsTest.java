package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.support.CapturedLog;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolSettingsTest {
    private static final Config REFERENCE = ConfigFactory.parseResources("reference.conf");

    private static WorkerPoolSettings defaults() {
        return with("");
    }

    /** Settings of the pool "hashers" with lines of an application's configuration. */
    private static WorkerPoolSettings with(String application) {
        return WorkerPoolSettings.create(
                ConfigFactory.parseString(application).withFallback(ConfigFactory.defaultReference()), "hashers");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ThrowingCallable settings) {
        return assertThatThrownBy(settings).isInstanceOf(IllegalArgumentException.class);
    }

    // Defaults

    @Test
    void everyKeyOfTheReferenceIsASettingAndEverySettingIsInTheReference() {
        Set<String> keys = REFERENCE.getConfig("workpool").entrySet().stream()
                .map(entry -> entry.getKey())
                .filter(key -> Stream.of("dispatchers.", "pools.", "durable.", "cluster.")
                        .noneMatch(key::startsWith))
                .collect(Collectors.toSet());
        assertThat(keys).isEqualTo(WorkerPoolSettings.KEYS);
    }

    @Test
    void theDefaultsAreThoseOfTheReference() {
        WorkerPoolSettings settings = defaults();
        assertThat(settings.name()).isEqualTo("hashers");
        assertThat(settings.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.virtualThreads()).isFalse();
        assertThat(settings.closeTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.coordinatedShutdown()).isTrue();
        assertThat(settings.cancelGrace()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.maxAbandoned()).isEqualTo(64);
        assertThat(settings.chunkBudget()).isEqualTo(Duration.ofMillis(10));
        assertThat(settings.chunkMaxJobs()).isEqualTo(32_768);
        assertThat(settings.callbackDispatcher()).isEqualTo("workpool.dispatchers.callback");
        assertThat(settings.asyncDispatcher()).isEqualTo("workpool.dispatchers.async");
        assertThat(settings.controlDispatcher()).isEqualTo("workpool.dispatchers.control");
    }

    @Test
    void everyDispatcherThatTheDefaultsNameIsInTheReference() {
        WorkerPoolSettings settings = defaults();
        assertThat(REFERENCE.hasPath(settings.callbackDispatcher())).isTrue();
        assertThat(REFERENCE.hasPath(settings.asyncDispatcher())).isTrue();
        assertThat(REFERENCE.hasPath(settings.controlDispatcher())).isTrue();
    }

    // Changing

    @Test
    void eachChangeIsACopyThatChangesOneThing() {
        WorkerPoolSettings settings = defaults();
        assertThat(settings.withWorkers(7).workers()).isEqualTo(7);
        assertThat(settings.withVirtualThreads(false).virtualThreads()).isFalse();
        assertThat(settings.withCloseTimeout(Duration.ZERO).closeTimeout()).isZero();
        assertThat(settings.withCoordinatedShutdown(false).coordinatedShutdown())
                .isFalse();
        assertThat(settings.withCancelGrace(Duration.ofNanos(1)).cancelGrace()).isEqualTo(Duration.ofNanos(1));
        assertThat(settings.withMaxAbandoned(0).maxAbandoned()).isZero();
        assertThat(settings.withChunkBudget(Duration.ofMillis(1)).chunkBudget()).isEqualTo(Duration.ofMillis(1));
        assertThat(settings.withChunkMaxJobs(1).chunkMaxJobs()).isEqualTo(1);
        assertThat(settings.withCallbackDispatcher("my.own").callbackDispatcher())
                .isEqualTo("my.own");
        assertThat(settings.withAsyncDispatcher("my.own").asyncDispatcher()).isEqualTo("my.own");
        assertThat(settings.withControlDispatcher("my.own").controlDispatcher()).isEqualTo("my.own");
        assertThat(settings.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.closeTimeout()).isEqualTo(Duration.ofSeconds(30));
        WorkerPoolSettings both = settings.withWorkers(7).withChunkMaxJobs(3);
        assertThat(both.workers()).isEqualTo(7);
        assertThat(both.chunkMaxJobs()).isEqualTo(3);
        assertThat(both.name()).isEqualTo("hashers");
        assertThat(both).hasToString("WorkerPoolSettings(hashers, 7 workers)");
    }

    @Test
    void whatIsNullIsNamed() {
        assertThatThrownBy(() -> defaults().withCloseTimeout(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("close-timeout");
    }

    @Test
    void whatShowsTheJobsThatRunIsOffByDefault() {
        WorkerPoolSettings settings = defaults();
        assertThat(settings.namedThreads()).isFalse();
        assertThat(settings.warnAfter()).isEmpty();
        assertThat(settings.jobDescriber().apply(7)).isEqualTo("java.lang.Integer");
        assertThat(settings.withNamedThreads(true).namedThreads()).isTrue();
        assertThat(settings.withWarnAfter(Duration.ofMinutes(2)).warnAfter()).contains(Duration.ofMinutes(2));
        assertRefused(() -> settings.withWarnAfter(Duration.ofMillis(999)))
                .hasMessageStartingWith("workpool.pools.hashers.warn-after = ")
                .hasMessageContaining("1s to 365d");
    }

    @Test
    void aDescriberIsForJobsOfItsType() {
        WorkerPoolSettings settings = defaults().withJobDescriber(Integer.class, job -> "no. " + job);
        assertThat(settings.jobDescriber().apply(7)).isEqualTo("no. 7");
        assertThat(settings.jobDescriber().apply("x")).isEqualTo("java.lang.String");
        assertThat(settings.withWorkers(3).jobDescriber().apply(7)).isEqualTo("no. 7");
        WorkerPoolSettings both = settings.withJobDescriber(String.class, job -> job + "!");
        assertThat(both.jobDescriber().apply(7)).isEqualTo("no. 7");
        assertThat(both.jobDescriber().apply("x")).isEqualTo("x!");
        assertThat(both.withJobDescriber(Object.class, job -> "any")
                        .jobDescriber()
                        .apply(7))
                .as("the last that fits counts")
                .isEqualTo("any");
        assertThatThrownBy(() -> settings.withJobDescriber(null, job -> ""))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("type");
        assertThatThrownBy(() -> settings.withJobDescriber(Integer.class, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("describer");
    }

    // Configuring

    @Test
    void anApplicationSetsAllPoolsOrOne() {
        String application = """
                workpool { workers = 3, chunk.max-jobs = 100 }
                workpool.pools.hashers { workers = 5, close-timeout = 2 minutes }
                workpool.pools.others { workers = 9 }
                """;
        WorkerPoolSettings settings = with(application);
        assertThat(settings.workers()).isEqualTo(5);
        assertThat(settings.chunkMaxJobs()).isEqualTo(100);
        assertThat(settings.closeTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.withWorkers(4).workers()).isEqualTo(4);
        Config root = ConfigFactory.parseString(application).withFallback(ConfigFactory.defaultReference());
        assertThat(WorkerPoolSettings.create(root, "third").workers()).isEqualTo(3);
    }

    @Test
    void aPoolWhoseNameHasADotIsConfiguredUnderItsQuotedName() {
        Config root = ConfigFactory.parseString("workpool.pools.\"a.b\".workers = 5")
                .withFallback(ConfigFactory.defaultReference());
        assertThat(WorkerPoolSettings.create(root, "a.b").workers()).isEqualTo(5);
    }

    @Test
    void aNumberMayBeAStringAndADurationMayHaveAnyUnit() {
        assertThat(with("workpool.workers = \"3\"").workers()).isEqualTo(3);
        assertThat(with("workpool.workers = auto").workers())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(with("workpool.chunk.budget = 250us").chunkBudget()).isEqualTo(Duration.ofNanos(250_000));
    }

    // What is not allowed

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workers        | 0          | auto, adaptive, or 1 to 100000",
                "workers        | 100001     | auto, adaptive, or 1 to 100000",
                "workers        | -1         | auto, adaptive, or 1 to 100000",
                "workers        | many       | auto, adaptive, or 1 to 100000",
                "workers        | 2.5        | auto, adaptive, or 1 to 100000",
                "workers        | true       | auto, adaptive, or 1 to 100000",
                "workers        | []         | auto, adaptive, or 1 to 100000",
                "workers        | 9999999999 | auto, adaptive, or 1 to 100000",
                "threads        | green      | platform, virtual",
                "threads        | 1          | platform, virtual",
                "threads        | []         | platform, virtual",
                "close-timeout  | -1s        | 0 to 1 day",
                "close-timeout  | 25 hours   | 0 to 1 day",
                "close-timeout  | soon       | 0 to 1 day",
                "close-timeout  | []         | 0 to 1 day",
                "coordinated-shutdown | perhaps | on, off",
                "cancel-grace   | -1ms       | 0 to 1 day",
                "cancel-grace   | 25h       | 0 to 1 day",
                "cancel-grace   | 5 parsecs  | 0 to 1 day",
                "max-abandoned  | -1         | 0 to 100000",
                "max-abandoned  | 100001     | 0 to 100000",
                "max-abandoned  | few        | 0 to 100000",
                "max-abandoned  | 0.5        | 0 to 100000",
                "chunk.budget   | 99us       | 100us to 1s",
                "chunk.budget   | 1001ms     | 100us to 1s",
                "chunk.budget   | big        | 100us to 1s",
                "chunk.max-jobs | 0          | 1 to 32768",
                "chunk.max-jobs | 1000001    | 1 to 32768",
                "chunk.max-jobs | all        | 1 to 32768",
                "chunk.max-jobs | 1.5        | 1 to 32768",
                "job-timeout    | 0          | off, or 1ms to 365d",
                "job-timeout    | 999us      | off, or 1ms to 365d",
                "job-timeout    | -1s        | off, or 1ms to 365d",
                "job-timeout    | 366d       | off, or 1ms to 365d",
                "job-timeout    | never      | off, or 1ms to 365d",
                "priority-ageing | 0         | off, or 1ms to 1 day",
                "priority-ageing | 25h       | off, or 1ms to 1 day",
                "retry.max-attempts | 0      | 1 to 1000",
                "retry.max-attempts | 1001   | 1 to 1000",
                "retry.max-attempts | off    | 1 to 1000",
                "retry.backoff  | -1ms       | 0 to 1 day",
                "retry.backoff  | 25h        | 0 to 1 day",
                "retry.max-backoff | 99ms    | retry.backoff (100 ms) to 1 day",
                "retry.max-backoff | 25h     | retry.backoff (100 ms) to 1 day",
                "retry.jitter   | some       | on, off",
                "retry.timeouts | 1          | on, off",
                "retry.budget.per-job | -0.1 | off, or 0 to 1000",
                "retry.budget.per-job | 1001 | off, or 0 to 1000",
                "retry.budget.per-second | -1 | 0 to 1000000000",
                "retry.budget.per-second | off | 0 to 1000000000",
                "rate.limit     | 0          | off, or 0.001 to 1000000000 jobs per second",
                "rate.limit     | -5         | off, or 0.001 to 1000000000 jobs per second",
                "rate.limit     | 1000000001 | off, or 0.001 to 1000000000 jobs per second",
                "rate.limit     | fast       | off, or 0.001 to 1000000000 jobs per second",
                "rate.burst     | 0          | auto, or 1 to 1000000000",
                "rate.burst     | 1.5        | auto, or 1 to 1000000000",
            })
    void aValueThatIsNotAllowedFailsNamingKeyValueAndRange(String key, String value, String allowed) {
        for (String section : List.of("workpool.", "workpool.pools.hashers.")) {
            String written = section + key + " = " + value;
            assertRefused(() -> with(written)).hasMessage(written + "; allowed: " + allowed);
        }
    }

    @ParameterizedTest
    @CsvSource({"on, no.such.Class", "abort-on, java.lang.String", "on, '[I'", "abort-on, ''"})
    void anErrorThatIsNoneFailsNamingIt(String key, String name) {
        assertRefused(() -> with("workpool.retry." + key + " = [\"java.io.IOException\", \"" + name + "\"]"))
                .hasMessage("workpool.retry." + key + " = [java.io.IOException, " + name
                        + "]; allowed: a list of names of classes that can be thrown, which " + name + " is not");
        assertRefused(() -> with("workpool.retry." + key + " = 5"))
                .hasMessage("workpool.retry." + key + " = 5; allowed: a list of names of classes that can be thrown");
    }

    @Test
    void policiesAreOffByDefault() {
        WorkerPoolSettings settings = defaults();
        assertThat(settings.jobTimeout()).isEmpty();
        assertThat(settings.retry()).isEqualTo(RetryPolicy.never());
        assertThat(settings.retryBudgetPerJob()).isEmpty();
        assertThat(settings.retryBudgetPerSecond()).isEqualTo(10);
        assertThat(settings.rateLimit()).isEmpty();
        assertThat(settings.priorityAgeing()).contains(Duration.ofSeconds(1));
        assertThat(with("workpool.priority-ageing = off").priorityAgeing()).isEmpty();
    }

    @Test
    void policiesAreReadFromConfiguration() {
        WorkerPoolSettings settings = with("""
                workpool {
                  job-timeout = 3s
                  rate { limit = 250, burst = 7 }
                  retry {
                    max-attempts = 4, backoff = 1s, max-backoff = 1s, jitter = off, timeouts = on
                    on = ["java.io.IOException", "java.lang.LinkageError"], abort-on = [java.io.FileNotFoundException]
                    budget { per-job = 0.2, per-second = 0 }
                  }
                }
                """);
        assertThat(settings.jobTimeout()).contains(Duration.ofSeconds(3));
        assertThat(settings.rateLimit()).contains(new RateLimit(250, 7));
        assertThat(settings.retryBudgetPerJob()).contains(0.2);
        assertThat(settings.retryBudgetPerSecond()).isZero();
        assertThat(settings.retry())
                .isEqualTo(RetryPolicy.attempts(4)
                        .withFixedBackoff(Duration.ofSeconds(1))
                        .withTimeouts(true)
                        .retryOn(IOException.class, LinkageError.class)
                        .abortOn(FileNotFoundException.class));
        assertThat(with("workpool.rate.limit = 250").rateLimit()).contains(RateLimit.perSecond(250));
    }

    @Test
    void policiesAreChangedAndChecked() {
        WorkerPoolSettings settings = defaults();
        RetryPolicy retry = RetryPolicy.attempts(7);
        RateLimit limit = new RateLimit(0.5, 3);
        WorkerPoolSettings changed = settings.withJobTimeout(Duration.ofMillis(1))
                .withRetry(retry)
                .withRateLimit(limit)
                .withRetryBudget(0.25, 3)
                .withPriorityAgeing(Duration.ofMillis(5))
                .withWorkers(2);
        assertThat(changed.jobTimeout()).contains(Duration.ofMillis(1));
        assertThat(changed.retry()).isEqualTo(retry);
        assertThat(changed.rateLimit()).contains(limit);
        assertThat(changed.retryBudgetPerJob()).contains(0.25);
        assertThat(changed.retryBudgetPerSecond()).isEqualTo(3);
        assertThat(changed.priorityAgeing()).contains(Duration.ofMillis(5));
        assertRefused(() -> settings.withJobTimeout(Duration.ZERO))
                .hasMessage("workpool.pools.hashers.job-timeout = 0ns; allowed: off, or 1ms to 365d");
        assertRefused(() -> settings.withRetryBudget(Double.NaN, 1))
                .hasMessageStartingWith("workpool.pools.hashers.retry.budget.per-job = NaN; allowed: ");
        assertThatThrownBy(() -> settings.withRetry(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("retry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"callback-dispatcher", "async-dispatcher", "control-dispatcher"})
    void aDispatcherIsNamedByAString(String key) {
        assertRefused(() -> with("workpool." + key + " = []"))
                .hasMessage("workpool." + key + " = []; allowed: a string");
    }

    @ParameterizedTest
    @ValueSource(strings = {"workers", "threads", "close-timeout", "max-abandoned", "chunk.budget", "async-dispatcher"})
    void aValueThatIsNullFailsNamingItsKey(String key) {
        assertRefused(() -> with("workpool." + key + " = null"))
                .hasMessageStartingWith("workpool." + key + " = null; allowed: ");
        assertRefused(() -> with("workpool.pools.hashers." + key + " = null"))
                .hasMessageStartingWith("workpool.pools.hashers." + key + " = null; allowed: ");
    }

    @Test
    void changesAreCheckedLikeConfiguration() {
        WorkerPoolSettings settings = defaults();
        assertRefused(() -> settings.withWorkers(0))
                .hasMessage("workpool.pools.hashers.workers = 0; allowed: auto, adaptive, or 1 to 100000");
        assertRefused(() -> settings.withMaxAbandoned(-1))
                .hasMessage("workpool.pools.hashers.max-abandoned = -1; allowed: 0 to 100000");
        assertRefused(() -> settings.withChunkMaxJobs(0))
                .hasMessage("workpool.pools.hashers.chunk.max-jobs = 0; allowed: 1 to 32768");
        assertRefused(() -> settings.withChunkBudget(Duration.ZERO))
                .hasMessage("workpool.pools.hashers.chunk.budget = 0ns; allowed: 100us to 1s");
        assertRefused(() -> settings.withCancelGrace(Duration.ofNanos(-1)))
                .hasMessage("workpool.pools.hashers.cancel-grace = -1ns; allowed: 0 to 1 day");
    }

    @Test
    void aDurationBeyondAllRangesFailsLikeAnyOther() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        assertRefused(() -> defaults().withCloseTimeout(forever))
                .hasMessageStartingWith("workpool.pools.hashers.close-timeout = ")
                .hasMessageEndingWith("; allowed: 0 to 1 day");
        assertRefused(() -> defaults().withCloseTimeout(forever.negated()))
                .hasMessageStartingWith("workpool.pools.hashers.close-timeout = ")
                .hasMessageEndingWith("; allowed: 0 to 1 day");
    }

    @ParameterizedTest
    @CsvSource({
        "wrokers, workers",
        "chunk.bugdet, chunk.budget",
        "jobTimeout, job-timeout",
        "max-workers, adaptive.max-workers",
        "capacity, queue-capacity",
    })
    void aKeyThatIsUnknownFailsNamingTheNearestAndItsLine(String key, String nearest) {
        for (String section : List.of("workpool", "workpool.pools.hashers")) {
            assertRefused(() -> with("\n" + section + "." + key + " = 5"))
                    .hasMessageStartingWith(section + "." + key + " = 5 is not a setting (String: 2); did you mean "
                            + section + "." + nearest + "? Allowed keys: [")
                    .hasMessageContaining("chunk.max-jobs");
        }
    }

    @Test
    void aKeyThatIsLikeNoOtherFailsNamingAll() {
        assertRefused(() -> with("workpool.colour = 5"))
                .hasMessageStartingWith("workpool.colour = 5 is not a setting (String: 1). Allowed keys: [");
    }

    @Test
    void aPoolsSectionThatIsNotBelowPoolsFailsNamingItsPlace() {
        assertRefused(() -> with("workpool.hashers.workers = 5"))
                .hasMessageContaining("; did you mean workpool.pools.hashers.workers?");
    }

    @Test
    void aSectionThatNoPoolHasIsNamedInTheLogWhereThePoolHasNone() {
        try (CapturedLog log = CapturedLog.of(WorkerPoolSettings.class.getName())) {
            assertThat(with("workpool.pools.hasher.workers = 5").workers()).isNotEqualTo(5);
            assertThat(log.messages())
                    .containsExactly(
                            "workpool.pools.hasher (String: 1) is not for 'hashers', which has no section of its own."
                                    + " If it is meant to be, name it workpool.pools.hashers.");
        }
        try (CapturedLog log = CapturedLog.of(WorkerPoolSettings.class.getName())) {
            with("workpool.pools { hashers.workers = 5, hasher2.workers = 6, hash.workers = 3 }");
            WorkerPoolSettings.create(
                    ConfigFactory.parseString("workpool.pools.node-1.workers = 5")
                            .withFallback(ConfigFactory.load()),
                    "node-2");
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void anUnknownKeyOfAnotherPoolIsNamedInTheLog() {
        try (CapturedLog log = CapturedLog.of(WorkerPoolSettings.class.getName())) {
            with("workpool.pools.printers.job-timout = 5s");
            with("workpool.pools.printers.job-timout = 5s");
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .startsWith("workpool.pools.printers.job-timout = 5s is not a setting (String: 1); did you mean"
                            + " workpool.pools.printers.job-timeout?");
        }
    }

    // Lists

    @Test
    void aListMayBeGivenByIndex() {
        WorkerPoolSettings settings =
                with("workpool.context-propagators.0 = mdc, workpool.retry.on.1 = java.io.IOException,"
                        + " workpool.retry.on.0 = java.lang.Error, workpool.pools.hashers.retry.max-attempts = 2");
        assertThat(settings.contextPropagators()).hasSize(1);
        assertThat(settings.retry().toString()).contains("java.io.IOException, java.lang.Error");
        assertThat(
                        with("workpool.context-propagators { 0 = mdc, 1 = mdc }, workpool.pools.hashers.context-propagators.0 = mdc")
                                .contextPropagators())
                .as("replaced as a whole")
                .hasSize(1);
        assertRefused(() -> with("workpool.workers.0 = 5")).hasMessageStartingWith("workpool.workers = [5]; ");
        assertRefused(() -> with("workpool.context-propagators.x = 5"))
                .hasMessageStartingWith("workpool.context-propagators.x = 5 is not a setting");
    }

    // Durations

    @ParameterizedTest
    @CsvSource({"job-timeout, 30", "job-timeout, '\"30\"'", "close-timeout, 5", "warn-after, 1.5", "chunk.budget, ' 3 '"
    })
    void aDurationWithoutItsUnitFails(String key, String value) {
        String plain = value.replace("\"", "").strip();
        assertRefused(() -> with("workpool." + key + " = " + value))
                .hasMessageStartingWith("workpool." + key + " = " + plain + "; allowed: ")
                .hasMessageEndingWith(", with its unit, as in " + plain + "s or " + plain + "ms");
        assertThat(with("workpool.close-timeout = 0").closeTimeout()).isZero();
    }

    @Test
    void thePoolsAndDispatchersOfOthersAreNotLookedAt() {
        assertThat(with("workpool.pools.others.wrokers = 5, workpool.dispatchers.mine.type = Dispatcher")
                        .name())
                .isEqualTo("hashers");
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void virtualThreadsFailWhereTheJvmHasNone() {
        assertRefused(() -> defaults().withVirtualThreads(true))
                .hasMessageStartingWith(
                        "workpool.pools.hashers.threads = virtual; allowed: platform; virtual needs Java 21");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsAreThereToBeAskedFor() {
        assertThat(with("workpool.threads = virtual").virtualThreads()).isTrue();
    }

    // Names

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-b_c.9", "0"})
    void aNameIsOfLettersDigitsAndSomeSigns(String name) {
        assertThat(WorkerPoolSettings.create(ConfigFactory.defaultReference(), name)
                        .name())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", ".a", "a b", "a/b", "a\"b", "ä", "a\n"})
    void anyOtherNameFails(String name) {
        assertRefused(() -> WorkerPoolSettings.create(ConfigFactory.defaultReference(), name))
                .hasMessage("name of a pool = '" + name
                        + "'; allowed: 1 to 100 letters, digits, '-', '_' and '.', the first a letter or digit");
    }

    @Test
    void aNameHasHundredCharactersAtMost() {
        String longest = "a".repeat(100);
        assertThat(WorkerPoolSettings.create(ConfigFactory.defaultReference(), longest)
                        .name())
                .isEqualTo(longest);
        assertRefused(() -> WorkerPoolSettings.create(ConfigFactory.defaultReference(), longest + "a"));
    }
}
