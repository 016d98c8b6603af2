package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RetryLedgerTest {
    private static final Duration TIMEOUT = Duration.ofMillis(7);

    /** Keeps the first outcome of each job, and refuses a second that is told as one. */
    static final class Final implements Ledger<String> {
        final Map<Long, Outcome<String>> outcomes = new HashMap<>();

        @Override
        public void acknowledge(long first, Outcomes<String> arrived) {
            for (int i = 0; i < arrived.size(); i++) {
                outcomes.putIfAbsent(first + i, arrived.get(i));
            }
        }

        @Override
        public void settle(long first, long count, Outcome<String> outcome) {
            for (long index = first; index < first + count; index++) {
                outcomes.putIfAbsent(index, outcome);
            }
        }

        @Override
        public void settleRest(Outcome<String> outcome) {
            throw new AssertionError("not by a collector");
        }

        @Override
        public boolean isOpen(long index) {
            return !outcomes.containsKey(index);
        }

        @Override
        public BatchProgress progress() {
            return new BatchProgress(outcomes.size(), 0, 0, 0, 0, 0);
        }
    }

    /** A batch of jobs that end, are told again, given up and settled. */
    private static final class Model {
        final Random random;
        final RetryPolicy policy;
        final Final last = new Final();
        final RetryLedger<String> ledger;

        /** The attempt that each job is at, or waits for. */
        final int[] attempt;

        final boolean[] waits;
        final Map<Long, List<Throwable>> errors = new HashMap<>();
        final Map<Long, Outcome<String>> expected = new HashMap<>();

        /** All that was ever told, to be told again. */
        final List<Map.Entry<Long, Outcome<String>>> told = new ArrayList<>();

        int retries;

        /** What links the errors of jobs whose attempts are over, if that takes time. */
        final Map<Long, Runnable> links = new HashMap<>();

        Model(long seed, int jobs, int attempts, boolean timeouts, boolean linksLate) {
            random = new Random(seed);
            policy = RetryPolicy.attempts(attempts).retryOn(IOException.class).withTimeouts(timeouts);
            attempt = new int[jobs];
            waits = new boolean[jobs];
            RetryLedger.Retries again = (index, next, delayNs, error) -> {
                assertThat(waits[(int) index]).as("%s waits", index).isFalse();
                assertThat(last.isOpen(index)).isTrue();
                assertThat(next).isEqualTo(attempt[(int) index] + 1);
                assertThat(delayNs).isNotNegative();
                waits[(int) index] = true;
                retries++;
            };
            ledger = new RetryLedger<>(last, policy, random, again, (index, error, earlier) -> {
                assertThat(links.put(index, () -> earlier.suppressIn(error)))
                        .as("linked once")
                        .isNull();
                if (!linksLate) {
                    link(index);
                }
            });
            for (int i = 0; i < jobs; i++) {
                attempt[i] = 1;
            }
        }

        private void link(long index) {
            links.remove(index).run();
            ledger.linked(index);
        }

        /** Some errors have been linked. */
        void linkSome() {
            List.copyOf(links.keySet()).stream()
                    .filter(index -> random.nextBoolean())
                    .forEach(this::link);
        }

        Outcome<String> end(int job) {
            return switch (random.nextInt(6)) {
                case 0 -> new Outcome.Succeeded<>(random.nextBoolean() ? "job " + job : null, attempt[job]);
                case 1 -> new Outcome.Failed<>(new IllegalStateException(), attempt[job]);
                case 2 -> new Outcome.TimedOut<>(TIMEOUT, attempt[job]);
                case 3 ->
                    random.nextInt(3) > 0
                            ? new Outcome.Failed<>(new IOException(), attempt[job])
                            : new Outcome.Cancelled<>(attempt[job]);
                default -> new Outcome.Failed<>(new IOException("attempt " + attempt[job]), attempt[job]);
            };
        }

        /** Neighbouring jobs end, in one message. */
        void endSome(int first) {
            int to = first;
            List<Outcome<String>> ends = new ArrayList<>();
            while (to < attempt.length && !waits[to] && isOpen(to) && (to == first || random.nextInt(4) > 0)) {
                Outcome<String> outcome = end(to);
                ends.add(outcome);
                told.add(Map.entry((long) to, outcome));
                boolean again = policy.retries(outcome);
                Throwable error = outcome instanceof Outcome.Failed<String> failed
                        ? failed.error()
                        : outcome instanceof Outcome.TimedOut ? new TimeoutException() : null;
                if (!again) {
                    expected.put((long) to, outcome);
                } else {
                    errors.computeIfAbsent((long) to, each -> new ArrayList<>()).add(error);
                }
                to++;
            }
            if (!ends.isEmpty()) {
                ledger.acknowledge(first, Outcomes.copyOf(ends));
            }
        }

        void goOn(int job, int how) {
            if (!isOpen(job)) {
                return;
            }
            if (how < 6 && !waits[job]) {
                endSome(job);
            } else if (how < 8 && waits[job]) {
                waits[job] = false;
                attempt[job]++;
            } else if (how == 8 && waits[job]) {
                Outcome<String> given = lastTold(job);
                waits[job] = false;
                errors.get((long) job).remove(attempt[job] - 1); // the last, which is the outcome
                expected.put((long) job, given);
                ledger.giveUp(job);
            } else if (how == 9) {
                Outcome<String> outcome = new Outcome.Cancelled<>(attempt[job]);
                int end = job + 1 + random.nextInt(attempt.length - job);
                for (int each = job; each < end; each++) { // some may have their outcome
                    if (expected.putIfAbsent((long) each, outcome) == null) {
                        waits[each] = false;
                    }
                }
                ledger.settle(job, end - job, outcome);
            }
        }

        private boolean isOpen(long job) {
            return !expected.containsKey(job);
        }

        private Outcome<String> lastTold(int job) {
            return told.stream()
                    .filter(each -> each.getKey() == job && each.getValue().attempts() == attempt[job])
                    .findFirst()
                    .orElseThrow()
                    .getValue();
        }

        /** Of a job that was settled from elsewhere its attempt may yet end as well. */
        void repeat() {
            if (!told.isEmpty()) {
                int before = retries;
                Map.Entry<Long, Outcome<String>> again = told.get(random.nextInt(told.size()));
                ledger.acknowledge(again.getKey(), Outcomes.copyOf(List.of(again.getValue())));
                ledger.giveUp(random.nextInt(attempt.length) + attempt.length); // of nobody
                assertThat(retries).as("for what was told before").isEqualTo(before);
            }
        }

        void check() {
            Set<Long> known = new HashSet<>(expected.keySet());
            known.removeAll(links.keySet());
            assertThat(last.outcomes.keySet()).isEqualTo(known);
            last.outcomes.forEach((job, outcome) -> {
                assertThat(outcome).isEqualTo(expected.get(job));
                if (outcome instanceof Outcome.Failed<String> failed) {
                    List<Throwable> earlier = errors.getOrDefault(job, List.of());
                    assertThat(List.of(failed.error().getSuppressed())).hasSameSizeAs(earlier);
                    earlier.stream()
                            .filter(error -> !(error instanceof TimeoutException))
                            .forEach(error ->
                                    assertThat(failed.error().getSuppressed()).contains(error));
                }
            });
        }
    }

    @Property(tries = 500)
    void eachJobHasOneOutcomeWithItsAttemptsAndWhatFailedBefore(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int jobs,
            @ForAll @IntRange(min = 2, max = 5) int attempts,
            @ForAll boolean timeouts,
            @ForAll boolean linksLate) {
        Model model = new Model(seed, jobs, attempts, timeouts, linksLate);
        for (int i = 0; i < 200; i++) {
            if (model.random.nextInt(5) == 0) {
                model.linkSome();
            }
            if (model.random.nextInt(3) == 0) {
                model.repeat();
            } else {
                model.goOn(model.random.nextInt(jobs), model.random.nextInt(10));
            }
            model.check();
        }
        while (model.expected.size() < jobs) {
            model.goOn(model.random.nextInt(jobs), model.random.nextInt(10));
        }
        model.check();
        model.links.keySet().forEach(model.ledger::linked); // though nobody has come to it
        model.links.values().forEach(Runnable::run);
        model.links.clear();
        model.check();
    }

    /** A ledger whose errors are linked at once. */
    private static RetryLedger<String> ledger(Final last, int attempts) {
        List<RetryLedger<String>> self = new ArrayList<>();
        self.add(new RetryLedger<>(
                last,
                RetryPolicy.attempts(attempts).retryOn(Throwable.class),
                new Random(1),
                (index, next, delay, error) -> {},
                (index, error, earlier) -> {
                    earlier.suppressIn(error);
                    self.get(0).linked(index);
                }));
        return self.get(0);
    }

    static void fail(RetryLedger<String> ledger, long job, int attempt, Throwable error) {
        ledger.acknowledge(job, Outcomes.copyOf(List.of(new Outcome.Failed<>(error, attempt))));
    }

    @Example
    void oneErrorForAllJobsAndAttemptsStaysAsItIs() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 3);
        Exception same = new IOException("same");
        for (long job = 0; job < 300; job++) {
            for (int attempt = 1; attempt <= 3; attempt++) {
                fail(ledger, job, attempt, same);
            }
        }
        assertThat(last.outcomes).hasSize(300);
        assertThat(same.getSuppressed()).isEmpty();
    }

    @Example
    void errorsThatAreThrownInTurnsMakeNoCircle() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 2);
        Exception one = new IOException("one");
        Exception other = new IOException("other");
        Exception wrapper = new IOException("wraps one", one);
        for (long job = 0; job < 300; job += 3) {
            fail(ledger, job, 1, one);
            fail(ledger, job, 2, other);
            fail(ledger, job + 1, 1, other);
            fail(ledger, job + 1, 2, one);
            fail(ledger, job + 2, 1, wrapper);
            fail(ledger, job + 2, 2, one);
        }
        assertThat(other.getSuppressed()).containsExactly(one);
        assertThat(one.getSuppressed()).isEmpty();
    }

    @Example
    void oneErrorAfterManyOthersKeepsAHundredOfThem() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 2);
        Exception same = new IOException("same");
        for (long job = 0; job < 300; job++) {
            fail(ledger, job, 1, new IOException("job " + job));
            fail(ledger, job, 2, same);
        }
        assertThat(same.getSuppressed()).hasSize(100);
    }

    @Example
    void ofManyAttemptsTheFirstAndTheLastFewAreKept() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 901);
        IntStream.rangeClosed(1, 900)
                .forEach(attempt -> fail(ledger, 0, attempt, new IOException("attempt " + attempt)));
        fail(ledger, 0, 901, new IOException("last"));
        Throwable error = ((Outcome.Failed<String>) last.outcomes.get(0L)).error();
        assertThat(error).hasMessage("last");
        assertThat(error.getSuppressed()).hasSize(17);
        assertThat(error.getSuppressed())
                .extracting(Throwable::getMessage)
                .startsWith("attempt 900", "attempt 899")
                .endsWith(
                        "attempt 886", "attempts 2 to 885 failed as well; their 884 errors were not kept", "attempt 1");
    }

    @Example
    void oneAttemptThatIsNotKeptIsTold() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 20);
        IntStream.rangeClosed(1, 17).forEach(attempt -> fail(ledger, 0, attempt, new IOException("" + attempt)));
        ledger.giveUp(0);
        Throwable error = ((Outcome.Failed<String>) last.outcomes.get(0L)).error();
        assertThat(error).hasMessage("17");
        assertThat(error.getSuppressed())
                .extracting(Throwable::getMessage)
                .endsWith("3", "attempt 2 failed as well; its error was not kept", "1");
    }

    /** Whoever throws the same error each time hears of nothing but it. */
    @Example
    void nothingIsToldOfAttemptsThatFailedAlike() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 100);
        Exception same = new IOException("same");
        IntStream.rangeClosed(1, 100).forEach(attempt -> fail(ledger, 0, attempt, same));
        assertThat(last.outcomes).hasSize(1);
        assertThat(same.getSuppressed()).isEmpty();
    }

    /** As long as a job is tried, and after. */
    @Example
    void anAttemptThatIsNotKeptIsForgotten() {
        RetryLedger<String> ledger = ledger(new Final(), 1_000);
        List<WeakReference<Throwable>> errors = new ArrayList<>();
        for (int attempt = 1; attempt <= 100; attempt++) {
            Throwable error = new IOException();
            errors.add(new WeakReference<>(error));
            fail(ledger, 0, attempt, error);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return errors.stream().filter(error -> error.get() != null).count() <= 16;
        });
        ledger.giveUp(0);
    }

    @Example
    void anErrorWhoseCauseFailsToBeToldHarmsNobody() {
        Final last = new Final();
        RetryLedger<String> ledger = ledger(last, 2);
        Throwable hostile = new Exception("hostile") {
            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("for the test");
            }
        };
        fail(ledger, 0, 1, hostile);
        fail(ledger, 0, 2, new IOException("last"));
        fail(ledger, 1, 1, new IOException("first"));
        fail(ledger, 1, 2, hostile);
        assertThat(last.outcomes).hasSize(2);
        assertThat(hostile.getSuppressed()).hasSize(1);
    }

    /** Settling a range forgets what waits in it, be that much or little. */
    @Example
    void whatIsSettledIsNotTriedAgain() {
        for (int waiting : new int[] {2, 50}) {
            Final last = new Final();
            RetryLedger<String> ledger = ledger(last, 3);
            IntStream.range(0, waiting).forEach(job -> fail(ledger, job, 1, new IOException()));
            ledger.settle(1, 10, new Outcome.Cancelled<>(1));
            ledger.giveUp(0);
            ledger.giveUp(1);
            assertThat(last.outcomes.get(0L)).isInstanceOf(Outcome.Failed.class);
            assertThat(last.outcomes.get(1L)).isEqualTo(new Outcome.Cancelled<>(1));
            assertThat(last.outcomes).hasSize(11);
        }
    }

    // Conditions

    private static Outcomes<String> failed(Throwable error, int attempt, Verdict verdict) {
        Object[] packed = {PackedOutcome.of(new Outcome.Failed<>(error, attempt))};
        return new Outcomes<>(packed, 1, false, new Verdict[] {verdict});
    }

    /** It has been asked already, by another thread. */
    @Example
    void whereAConditionDecidesItsVerdictCountsAndItIsNotAskedHere() {
        Final last = new Final();
        List<Long> again = new ArrayList<>();
        RetryPolicy policy = RetryPolicy.attempts(5).retryIf((error, attempt) -> {
            throw new AssertionError("asked by the collector");
        });
        RetryLedger<String> ledger = new RetryLedger<>(
                last,
                policy,
                new Random(1),
                (index, attempt, delayNs, error) -> again.add(index),
                (index, error, earlier) -> earlier.suppressIn(error));
        IOException first = new IOException("first");
        ledger.acknowledge(0, failed(first, 1, new Verdict(true, null)));
        ledger.acknowledge(1, failed(new IOException("stands"), 1, new Verdict(false, null)));
        ledger.acknowledge(2, failed(new IOException("nobody was asked"), 1, null));
        assertThat(again).containsExactly(0L);
        assertThat(last.outcomes).containsOnlyKeys(1L, 2L);
        IOException second = new IOException("second");
        IllegalStateException thrown = new IllegalStateException("by the condition");
        ledger.acknowledge(0, failed(second, 2, new Verdict(false, thrown)));
        ledger.linked(0);
        assertThat(last.outcomes.get(0L)).isEqualTo(new Outcome.Failed<>(second, 2));
        assertThat(second.getSuppressed()).containsExactly(thrown, first);
        IOException alone = new IOException("alone");
        ledger.acknowledge(3, failed(alone, 1, new Verdict(false, thrown)));
        ledger.linked(3);
        assertThat(last.outcomes.get(3L)).isEqualTo(new Outcome.Failed<>(alone, 1));
        assertThat(alone.getSuppressed()).containsExactly(thrown);
        assertThat(again).hasSize(1);
    }

    /** A time-out has no error, and is for data to decide. */
    @Example
    void aTimeoutWaitsForNoVerdict() {
        Final last = new Final();
        List<Long> again = new ArrayList<>();
        RetryPolicy policy = RetryPolicy.attempts(5).withTimeouts(true).retryIf((error, attempt) -> false);
        RetryLedger<String> ledger = new RetryLedger<>(
                last,
                policy,
                new Random(1),
                (index, attempt, delayNs, error) -> again.add(index),
                (index, error, earlier) -> {});
        ledger.acknowledge(0, Outcomes.copyOf(List.of(new Outcome.TimedOut<>(TIMEOUT, 1))));
        assertThat(again).containsExactly(0L);
    }
}
