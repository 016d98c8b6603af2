package dev.workpool.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SettlementTest {
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<Integer> settled = new ArrayList<>();
    private final List<Integer> handedOver = new ArrayList<>();

    private class Job extends Single<Integer, String> {
        Job(int job) {
            super(job);
        }

        @Override
        protected void settle(Outcome<String> outcome) {
            assertThat(outcome).isEqualTo(outcomeOf(job()));
            settled.add(job());
        }
    }

    private static Outcome<String> outcomeOf(int job) {
        return new Outcome.Succeeded<>("of " + job, 1);
    }

    private void start(List<Single<Integer, String>> singles) {
        Settlement.start(singles, single -> outcomeOf(single.job()), callbacks::add);
    }

    private List<Single<Integer, String>> jobs(int count) {
        return IntStream.range(0, count)
                .<Single<Integer, String>>mapToObj(Job::new)
                .toList();
    }

    @Test
    void usersCodeRunsOnTheCallbackExecutor() {
        start(jobs(3));
        assertThat(settled).isEmpty();
        while (!callbacks.isEmpty()) {
            callbacks.remove().run();
        }
        assertThat(settled).containsExactly(0, 1, 2);
    }

    @Test
    void nothingIsStartedForNobody() {
        start(List.of());
        assertThat(callbacks).isEmpty();
    }

    /** An actor hears of its job before it hears that the pool has ended. */
    @Test
    void whatRunsNobodysCodeIsToldAtOnce() {
        Single<Integer, String> direct = new Job(7) {
            @Override
            protected boolean isDirect() {
                return true;
            }
        };
        start(List.of(direct));
        assertThat(settled).containsExactly(7);
        assertThat(callbacks).isEmpty();
    }

    @Test
    void aThreadThatWaitsIsHandedItsOutcomeIfItTakesIt() {
        class Awaited extends Job {
            private final boolean takes;

            Awaited(int job, boolean takes) {
                super(job);
                this.takes = takes;
            }

            @Override
            protected boolean isAwaited() {
                return true;
            }

            @Override
            protected boolean handOver(Outcome<String> outcome) {
                assertThat(outcome).isEqualTo(outcomeOf(job()));
                handedOver.add(job());
                return takes;
            }
        }
        start(List.of(new Awaited(1, true), new Awaited(2, false)));
        assertThat(handedOver).containsExactly(1, 2);
        assertThat(settled).isEmpty();
        assertThat(callbacks).hasSize(1);
        callbacks.remove().run();
        assertThat(settled).as("it waits no more").containsExactly(2);
        assertThat(callbacks).isEmpty();
    }

    /** A dependent may wait for the next future of the same bulk. */
    @Test
    void oneThatBlocksHoldsUpNobodyAsLongAsThereAreThreads() {
        List<Single<Integer, String>> singles = new ArrayList<>(jobs(3));
        singles.add(0, new Job(-1) {
            @Override
            protected void settle(Outcome<String> outcome) {
                while (!callbacks.isEmpty()) {
                    callbacks.remove().run(); // as other threads would, while this one blocks
                }
                assertThat(settled).as("all others have theirs").containsExactly(0, 1, 2);
                super.settle(outcome);
            }
        });
        start(singles);
        callbacks.remove().run();
        assertThat(settled).containsExactly(0, 1, 2, -1);
    }

    @Test
    void anExecutorThatTakesNoMoreLosesNobody() {
        List<Single<Integer, String>> singles = jobs(4);
        boolean[] full = new boolean[1];
        Settlement.start(singles, single -> outcomeOf(single.job()), task -> {
            if (full[0]) {
                throw new RejectedExecutionException("on purpose");
            }
            full[0] = true;
            callbacks.add(task);
        });
        assertThatThrownBy(() -> callbacks.remove().run()).isInstanceOf(RejectedExecutionException.class);
        assertThat(settled).containsExactly(0, 1, 2, 3);
    }

    @Test
    void anInterruptThatOneLeavesBehindIsNotTheNextOnes() {
        List<Boolean> interrupted = new ArrayList<>();
        List<Single<Integer, String>> singles = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            singles.add(new Job(i) {
                @Override
                protected void settle(Outcome<String> outcome) {
                    interrupted.add(Thread.currentThread().isInterrupted());
                    Thread.currentThread().interrupt();
                }
            });
        }
        start(singles);
        callbacks.remove().run();
        assertThat(interrupted).containsExactly(false, false);
        assertThat(Thread.interrupted()).isFalse();
    }
}
