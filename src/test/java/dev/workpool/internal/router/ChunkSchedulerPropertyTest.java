package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.constraints.IntRange;

/**
 * Workers under random events in any order: grants, messages on their way, jobs that end or do not, reports that come late,
 * cancellations, time and time-outs, workers that die, more and fewer workers, pauses, jobs that take several permits. A failure is shrunk to a short script and printed with its seed.
 */
class ChunkSchedulerPropertyTest {
    private static final int BATCHES = 3;
    private static final long TIMEOUT_NS = 3_000_000;

    @Provide
    Arbitrary<List<Integer>> scripts() {
        return Arbitraries.integers()
                .between(0, 99_999)
                .withDistribution(RandomDistribution.uniform())
                .list()
                .ofMaxSize(400)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Property(tries = 1_500)
    void everyGrantedJobHasOneOutcomeAndNoneStartsTwice(
            @ForAll("scripts") List<Integer> script,
            @ForAll @IntRange(min = 1, max = 4) int workers,
            @ForAll @IntRange(min = 0, max = 2) int maxAbandoned,
            @ForAll @IntRange(min = 1, max = 5) int permits,
            @ForAll boolean cancelled) {
        ChunkSchedulerHarness harness = new ChunkSchedulerHarness(
                workers, settings -> settings.withMaxAbandoned(maxAbandoned).withChunkMaxJobs(40));
        harness.policies.put(1L, policy(RetryPolicy.never(), permits));
        harness.policies.put(2L, policy(RetryPolicy.attempts(2).withTimeouts(true), 1));
        for (int event : script) {
            play(harness, event % 100, event / 100);
            check(harness);
        }
        if (cancelled) {
            for (int batch = 0; batch < BATCHES; batch++) {
                cancelBatch(harness, batch);
            }
            harness.settleDownButForTheStubborn();
            check(harness);
            assertThat(harness.outcomes.keySet()).containsAll(harness.granted);
        }
        harness.settleDown();
        check(harness);
        assertThat(harness.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(harness.granted);
        assertThat(harness.chunkScheduler.abandoned()).isZero();
        assertThat(harness.chunkScheduler.running()).isZero();
        assertThat(harness.chunkScheduler.slots())
                .hasSize(harness.chunkScheduler.workers())
                .allMatch(Slot::isIdle);
        assertThat(harness.chunkScheduler.wanted()).isGreaterThan(harness.credited);
    }

    /** The same where their number adapts, as well as when it is changed. */
    @Property(tries = 500)
    void anAdaptiveNumberOfWorkersStaysWithinItsBoundsAndLosesNothing(
            @ForAll("scripts") List<Integer> script,
            @ForAll @IntRange(min = 1, max = 3) int fewest,
            @ForAll @IntRange(min = 1, max = 6) int permits) {
        ChunkSchedulerHarness harness = new ChunkSchedulerHarness(
                5, settings -> settings.withAdaptiveWorkers(fewest, 5).withChunkMaxJobs(40));
        harness.policies.put(1L, policy(RetryPolicy.never(), permits));
        harness.policies.put(2L, policy(RetryPolicy.attempts(2).withTimeouts(true), 1));
        int most = 5;
        for (int event : script) {
            int n = event / 100;
            if (event % 100 >= 94 && event % 100 < 96) {
                most = 1 + n % 5;
            }
            if (event % 50 == 7) {
                harness.chunkScheduler.overloaded();
                harness.chunkScheduler.feed();
            }
            harness.pass(2_000_000);
            harness.bound = Math.max(harness.bound, harness.chunkScheduler.workers());
            play(harness, event % 100, n);
            harness.bound = Math.max(harness.bound, harness.chunkScheduler.workers());
            check(harness);
            assertThat(harness.chunkScheduler.workers()).isBetween(Math.min(fewest, most), most);
        }
        harness.settleDown();
        check(harness);
        assertThat(harness.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(harness.granted);
        assertThat(harness.chunkScheduler.slots())
                .hasSize(harness.chunkScheduler.workers())
                .allMatch(Slot::isIdle);
        assertThat(harness.chunkScheduler.wanted()).isGreaterThan(harness.credited);
    }

    /** The same where threads are limited, and the limit changes. */
    @Property(tries = 500)
    void aWorkerThatGetsNoThreadLosesNothing(
            @ForAll("scripts") List<Integer> script,
            @ForAll @IntRange(min = 1, max = 5) int workers,
            @ForAll @IntRange(min = 1, max = 6) int permits) {
        ChunkSchedulerHarness harness = new ChunkSchedulerHarness(workers, settings -> settings.withChunkMaxJobs(40));
        harness.policies.put(1L, policy(RetryPolicy.never(), permits));
        harness.policies.put(2L, policy(RetryPolicy.attempts(2).withTimeouts(true), 1));
        harness.threadsLeft = 1;
        for (int event : script) {
            int n = event / 100;
            if (event % 25 == 7) {
                harness.threadsLeft = n % 3;
            } else if (event % 25 == 8) {
                harness.pass(1_000_000_000L * (n % 60));
            }
            play(harness, event % 100, n);
            check(harness);
            assertThat(harness.chunkScheduler.lacking()).isBetween(0, harness.chunkScheduler.workers());
        }
        harness.threadsLeft = Integer.MAX_VALUE;
        do {
            harness.settleDown();
            harness.pass(30_000_000_000L);
        } while (harness.chunkScheduler.lacking() > 0
                && !harness.chunkScheduler.slots().stream().allMatch(Slot::isIdle));
        harness.settleDown();
        check(harness);
        assertThat(harness.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(harness.granted);
        assertThat(harness.chunkScheduler.slots())
                .hasSize(harness.chunkScheduler.workers())
                .allMatch(Slot::isIdle);
        assertThat(harness.chunkScheduler.wanted()).isGreaterThan(harness.credited);
    }

    /** The same where what takes long is done in parts of a few steps, and anything may come in between. */
    @Property(tries = 1_500)
    void whatIsDoneInPartsLosesNothingWhateverComesInBetween(
            @ForAll("scripts") List<Integer> script,
            @ForAll @IntRange(min = 1, max = 6) int workers,
            @ForAll @IntRange(min = 0, max = 2) int maxAbandoned,
            @ForAll @IntRange(min = 1, max = 600) int steps,
            @ForAll @IntRange(min = 1, max = 6) int permits,
            @ForAll boolean ended) {
        ChunkSchedulerHarness harness = new ChunkSchedulerHarness(
                workers, settings -> settings.withMaxAbandoned(maxAbandoned).withChunkMaxJobs(5), steps);
        harness.policies.put(1L, policy(RetryPolicy.never(), permits));
        harness.policies.put(2L, policy(RetryPolicy.attempts(2).withTimeouts(true), 1));
        for (int event : script) {
            if (harness.staff.isEmpty() || event % 3 == 0) {
                harness.goOn();
            } else {
                play(harness, event % 100, event / 100);
            }
            check(harness);
        }
        if (ended) {
            harness.cancelEverything();
            harness.settleDownButForTheStubborn();
            assertThat(harness.outcomes.keySet()).containsAll(harness.granted);
            harness.settleDown();
            harness.chunkScheduler.end();
            harness.settleDown();
            assertThat(harness.chunkScheduler.hasEnded()).isTrue();
            assertThat(harness.chunkScheduler.slots()).isEmpty();
            assertThat(harness.staff).noneMatch(each -> each.alive);
            return;
        }
        harness.settleDown();
        check(harness);
        assertThat(harness.outcomes.keySet()).containsExactlyInAnyOrderElementsOf(harness.granted);
        assertThat(harness.chunkScheduler.abandoned()).isZero();
        assertThat(harness.chunkScheduler.slots())
                .hasSize(harness.chunkScheduler.workers())
                .allMatch(Slot::isIdle);
        assertThat(harness.chunkScheduler.wanted()).isGreaterThan(harness.credited);
    }

    /** Plays an event; {@code n} is 0 to 999 and says which and how much. */
    private static void play(ChunkSchedulerHarness harness, int event, int n) {
        List<ChunkSchedulerHarness.Staff> staff = harness.staff;
        ChunkSchedulerHarness.Staff somebody = staff.get(n % staff.size());
        if (event < 12) {
            if (!harness.paused) {
                harness.grantReturned();
            }
            long room = harness.paused ? 0 : harness.chunkScheduler.wanted() - harness.credited;
            if (room > 0) {
                harness.grant(n % BATCHES, (int) Math.min(room, 1 + n / 10), n % 7 == 0 ? n : 0);
            }
        } else if (event < 27) {
            somebody.receive();
        } else if (event < 57) {
            boolean stubborn = somebody.told && n % 3 > 0;
            if (!stubborn) {
                somebody.step();
            }
        } else if (event < 74) {
            somebody.report();
        } else if (event < 84) {
            harness.pass(n % 4 == 0 ? ChunkSchedulerHarness.GRACE_NS : n * 4_000L);
            checkTimes(harness);
        } else if (event < 86) {
            cancelBatch(harness, n % BATCHES);
        } else if (event < 90) {
            if (somebody.isBusy()) {
                Slice<String> slice = somebody.active.slice;
                harness.cancelJob(slice.batch().id(), (int) slice.first() + somebody.position);
            }
        } else if (event < 94) {
            int jobs = harness.grantedOf(n % BATCHES);
            if (jobs > 0) {
                harness.cancelJob(n % BATCHES, n % jobs);
            }
        } else if (event < 96) {
            harness.resize(1 + n % 5);
        } else if (event == 96) {
            harness.pause();
        } else if (event < 99) {
            harness.resume();
        } else {
            int index = n % harness.chunkScheduler.slots().size();
            if (harness.worker(index).alive) {
                harness.kill(index);
            }
        }
    }

    private static void cancelBatch(ChunkSchedulerHarness harness, int batch) {
        harness.cancelBatch(batch);
        if (harness.inParts) {
            return;
        }
        assertThat(harness.staff)
                .filteredOn(each -> each.isBusy() && each.active.slice.batch().id() == batch)
                .allMatch(each -> each.told);
    }

    private static JobPolicy policy(RetryPolicy retry, int permits) {
        return new JobPolicy(
                Optional.of(Duration.ofNanos(TIMEOUT_NS)), retry, Optional.empty(), false, false, permits, 0, 1);
    }

    /** Whoever is known to have been at a job for its time-out has been told, each job of a chunk by itself. */
    private static void checkTimes(ChunkSchedulerHarness harness) {
        if (harness.inParts) {
            return;
        }
        for (Slot<Integer, String> slot : harness.chunkScheduler.slots()) {
            ChunkSchedulerHarness.Staff worker = (ChunkSchedulerHarness.Staff) slot.runner();
            Assignment<Integer, String> head = slot.out.peekFirst();
            if (worker.isBusy() && worker.active == head && head.slice.batch().id() > 0) {
                long begunNs = Math.max(head.begunNs, head.chunk.begunNs());
                assertThat(worker.told || harness.nowNs - begunNs < TIMEOUT_NS)
                        .as("told in time")
                        .isTrue();
            }
        }
    }

    private static void check(ChunkSchedulerHarness harness) {
        List<Integer> indexes =
                harness.chunkScheduler.slots().stream().map(slot -> slot.index).toList();
        assertThat(indexes).doesNotHaveDuplicates().isSorted();
        if (!harness.inParts) {
            assertThat(indexes)
                    .containsAll(IntStream.range(0, harness.chunkScheduler.workers())
                            .boxed()
                            .toList());
        }
        if (indexes.size() == harness.chunkScheduler.workers()) {
            harness.bound = indexes.size(); // nobody is left of those too many
        }
        long atWork = harness.staff.stream()
                .filter(ChunkSchedulerHarness.Staff::isBusy)
                .mapToLong(each -> each.active.lenders == null ? 1 : 1 + each.active.lenders.size())
                .sum();
        assertThat(atWork)
                .as("permits of the handlers that run")
                .isLessThanOrEqualTo(harness.bound + harness.chunkScheduler.abandoned());
        assertThat(harness.granted).containsAll(harness.started);
        harness.outcomes.forEach((job, outcome) -> assertThat(outcome.attempts())
                .as("%s became %s", job, outcome)
                .isEqualTo(harness.started.contains(job) ? 1 : 0));
        assertThat(harness.outcomes.values())
                .noneMatch(outcome -> outcome instanceof Outcome.Failed || outcome instanceof Outcome.Rejected);
    }
}
