package dev.workpool.internal.worker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.job.Outcome;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZL_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The worker of a chunk, its router and whoever interrupts, each at any moment of the others. */
public final class ChunkRaces {
    private static final Outcome<String> CANCELLED = new Outcome.Cancelled<>(1);

    private ChunkRaces() {}

    private static Chunk<Integer, String> chunk(int jobs) {
        Object[] all = new Object[jobs];
        for (int i = 0; i < jobs; i++) {
            all[i] = i;
        }
        return new Chunk<>(all, 0, jobs);
    }

    private static String seen(Outcome<String> outcome) {
        return outcome == null ? "nothing" : outcome.getClass().getSimpleName();
    }

    /** A job is claimed, or recalled, never both and never neither. */
    @JCStressTest
    @org.openjdk.jcstress.annotations.Outcome(
            id = {"0, 3", "1, 2", "2, 1", "3, 0"},
            expect = ACCEPTABLE,
            desc = "all jobs")
    @State
    public static class ClaimAndRecall {
        private final Chunk<Integer, String> chunk = chunk(3);

        @Actor
        public void worker(II_Result result) {
            for (int position = chunk.claim(); position >= 0; position = chunk.claim()) {
                chunk.succeed(position, "done");
                result.r1++;
            }
        }

        @Actor
        public void router(II_Result result) {
            result.r2 = 3 - chunk.recall(0);
        }
    }

    /** What is stopped is cancelled, whatever its handler returns; what is not has succeeded. */
    @JCStressTest
    @org.openjdk.jcstress.annotations.Outcome(
            id = "true, Cancelled",
            expect = ACCEPTABLE,
            desc = "stopped while it ran")
    @org.openjdk.jcstress.annotations.Outcome(
            id = "false, Succeeded",
            expect = ACCEPTABLE,
            desc = "stopped too early or late")
    @State
    public static class EndAndStop {
        private final Chunk<Integer, String> chunk = chunk(1);

        @Actor
        public void worker() {
            chunk.succeed(chunk.claim(), "done");
            chunk.claim();
        }

        @Actor
        public void router(ZL_Result result) {
            result.r1 = chunk.stop(0, CANCELLED);
        }

        @Arbiter
        public void end(ZL_Result result) {
            result.r2 = seen(chunk.outcomes().get(0));
        }
    }

    /** An interrupt reaches the job that it is meant for, or nobody: what the worker does next is not interrupted. */
    @JCStressTest
    @org.openjdk.jcstress.annotations.Outcome(
            id = {"false, false", "true, false"},
            expect = ACCEPTABLE,
            desc = "the worker goes on uninterrupted")
    @State
    public static class EndAndInterrupt {
        private final Chunk<Integer, String> chunk = chunk(1);
        private volatile Thread worker;

        @Actor
        public void worker(ZZ_Result result) {
            worker = Thread.currentThread();
            chunk.succeed(chunk.claim(), "done");
            chunk.claim();
            result.r2 = Thread.interrupted();
        }

        @Actor
        public void router() {
            chunk.stop(0, CANCELLED);
        }

        @Actor
        public void interrupter(ZZ_Result result) {
            result.r1 = chunk.interrupt(0, () -> worker.interrupt());
        }
    }

    /** What has ended is seen whole, while the worker goes on. */
    @JCStressTest
    @org.openjdk.jcstress.annotations.Outcome(
            id = {"none", "Succeeded", "Succeeded Succeeded"},
            expect = ACCEPTABLE,
            desc = "as far as it was")
    @State
    public static class EndAndHarvest {
        private final Chunk<Integer, String> chunk = chunk(2);

        @Actor
        public void worker() {
            chunk.succeed(chunk.claim(), "a");
            chunk.succeed(chunk.claim(), "b");
            chunk.claim();
        }

        @Actor
        public void router(L_Result result) {
            Outcomes<String> ended = chunk.harvest();
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < ended.size(); i++) {
                all.append(i == 0 ? "" : " ").append(ended.packedOutcome(i) == null ? "nothing" : seen(ended.get(i)));
            }
            result.r1 = all.isEmpty() ? "none" : all.toString();
        }
    }
}
