package dev.workpool.fuzz;

import dev.workpool.job.JobContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/** Does what a job's plan says on the thread that calls, or on another, and completes its stage in one of many ways. */
final class AsyncHandler {
    private final World world;

    AsyncHandler(World world) {
        this.world = world;
    }

    CompletionStage<Job.Result> handle(Job job, JobContext context) throws Exception {
        Call call = Call.begin(job, context);
        Stage stage = new Stage(call);
        Plan.Style style = call.byCaller ? Plan.Style.AT_ONCE : job.plan.style;
        switch (style) {
            case NO_STAGE -> {
                call.end(null);
                return null;
            }
            case THROWS -> throwAtOnce(call);
            case AT_ONCE -> work(call, stage, false);
            default -> goElsewhere(call, stage);
        }
        boolean isMinimal =
                style == Plan.Style.MINIMAL && job.plan.thrown != Throwables.UNUSABLE; // whose copy would not complete
        return isMinimal ? stage.minimalCompletionStage() : stage;
    }

    private static void throwAtOnce(Call call) throws Exception {
        Throwable thrown = call.model.throwables.make(Math.max(call.job.plan.thrown, 0), "at once");
        try {
            new Acts(call, false, false).perform();
        } catch (Throwable t) {
            call.end(t);
            throw t;
        }
        call.end(thrown);
        throw Attempts.sneaky(thrown);
    }

    private void goElsewhere(Call call, Stage stage) {
        try {
            world.elsewhere().execute(() -> work(call, stage, true));
        } catch (RejectedExecutionException e) { // the round is long over
            stage.completeExceptionally(e);
        }
    }

    private static void work(Call call, Stage stage, boolean elsewhere) {
        Job.Result result = null;
        Throwable thrown = null;
        try {
            new Acts(call, elsewhere, false).perform();
            result = Attempts.end(call);
        } catch (Throwable t) {
            thrown = t;
        }
        switch (call.job.plan.style) {
            case NEAR_THE_END_OF_A_STACK -> completeNearTheEndOfTheStack(stage, result, thrown);
            case OBTRUDES -> {
                stage.settle(result, thrown);
                stage.obtrudeValue(result);
            }
            default -> stage.settle(result, thrown);
        }
        if (elsewhere) {
            Thread.interrupted(); // this thread is nobody's
        }
    }

    private static void completeNearTheEndOfTheStack(Stage stage, Job.Result result, Throwable thrown) {
        stage.call.end(thrown == null ? new Object[] {result} : thrown); // here, where there is room for all of it
        Deep.atTheEndOfTheStack(
                () -> {
                    stage.settle(result, thrown);
                    return stage.isDone();
                },
                1 + (result == null ? 0 : result.id % 5));
        stage.settle(result, thrown);
    }

    /** Has its call end before anybody can see that it is complete. */
    private static final class Stage extends CompletableFuture<Job.Result> {
        private final Call call;

        Stage(Call call) {
            this.call = call;
        }

        void settle(Job.Result result, Throwable thrown) {
            try {
                if (thrown == null) {
                    complete(result);
                } else {
                    completeExceptionally(thrown);
                }
            } catch (UnsupportedOperationException e) { // the JDK asks what was thrown what it is
                if (!isDone()) {
                    throw e;
                }
            }
        }

        @Override
        public boolean complete(Job.Result result) {
            call.end(new Object[] {result});
            return super.complete(result);
        }

        @Override
        public boolean completeExceptionally(Throwable thrown) {
            call.end(thrown);
            return super.completeExceptionally(thrown);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (call.job.plan.style == Plan.Style.DEAF) {
                throw new UnsupportedOperationException("cannot be cancelled");
            }
            call.end(null);
            return super.cancel(mayInterruptIfRunning);
        }
    }
}
