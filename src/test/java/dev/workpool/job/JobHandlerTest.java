package dev.workpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import dev.workpool.WorkerPool;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import dev.workpool.tune.Tuner;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What can be written for a handler without a cast: that this compiles is most of the test. */
class JobHandlerTest extends PoolTest {

    private static String overloaded(String job) {
        return job + " alone";
    }

    private static String overloaded(String job, JobContext context) {
        return job + " with " + context.attempt();
    }

    private String ofInstance(String job) throws IOException {
        return overloaded(job);
    }

    @SuppressWarnings("UnusedMethod") // there to be chosen from
    private String ofInstance(String job, JobContext context) throws IOException {
        return overloaded(job, context);
    }

    private static String withContext(String job, JobContext context) {
        return overloaded(job, context);
    }

    private <R> R resultOf(WorkerPool<String, R> started, String job) throws Exception {
        try (WorkerPool<String, R> pool = started) {
            return get(pool.submit(job));
        }
    }

    @Test
    void aReferenceToAnOverloadedMethodMeansTheOneWithoutAContext() throws Exception {
        assertThat(resultOf(WorkerPool.<String, Integer>start(system, settings(1), Integer::parseInt), "7"))
                .isEqualTo(7);
        WorkerPool<String, Integer> parsing = WorkerPool.start(system, "parsing", Integer::parseInt);
        assertThat(resultOf(parsing, "8")).isEqualTo(8);
        WorkerPool<String, Integer> integers = WorkerPool.start(system, settings(1), Integer::valueOf);
        assertThat(resultOf(integers, "9")).isEqualTo(9);
        WorkerPool<String, String> ofClass = WorkerPool.start(system, settings(1), JobHandlerTest::overloaded);
        assertThat(resultOf(ofClass, "job")).isEqualTo("job alone");
        WorkerPool<String, String> ofThis = WorkerPool.start(system, settings(1), this::ofInstance);
        assertThat(resultOf(ofThis, "job")).isEqualTo("job alone");
    }

    @Test
    void otherReferencesAndLambdasMeanWhatTheirParametersSay() throws Exception {
        assertThat(resultOf(WorkerPool.start(system, settings(1), String::length), "four"))
                .isEqualTo(4);
        WorkerPool<String, Integer> length = WorkerPool.start(system, settings(1), job -> job.length());
        assertThat(resultOf(length, "four")).isEqualTo(4);
        WorkerPool<String, Integer> attempt =
                WorkerPool.start(system, settings(1), (job, context) -> context.attempt());
        assertThat(resultOf(attempt, "four")).isEqualTo(1);
        assertThat(resultOf(WorkerPool.start(system, settings(1), JobHandlerTest::withContext), "job"))
                .isEqualTo("job with 1");
        assertThat(resultOf(WorkerPool.start(system, settings(1), (String job) -> job), "job"))
                .isEqualTo("job");
        JobHandler<String, String> both = (job, context) -> overloaded(job, context);
        assertThat(resultOf(WorkerPool.start(system, settings(1), both), "job")).isEqualTo("job with 1");
    }

    @Test
    void soDoTheyWhereAPoolIsAnActorOrIsTuned() {
        WorkerPoolSettings settings = settings(1);
        List<Behavior<PoolCommand<String, Integer>>> behaviors = List.of(
                WorkerPool.behavior(settings, Integer::parseInt),
                WorkerPool.behavior(settings, String::length),
                WorkerPool.behavior(settings, job -> job.length()),
                WorkerPool.behavior(settings, (job, context) -> context.attempt()));
        List<String> jobs = List.of("1", "2");
        List<Tuner<String>> tuners = List.of(
                Tuner.over(jobs, Integer::parseInt),
                Tuner.over(jobs, String::length),
                Tuner.over(jobs, job -> job.length()),
                Tuner.over(jobs, this::ofInstance),
                Tuner.over(jobs, (job, context) -> context.attempt()));
        assertThat(behaviors).doesNotContainNull();
        assertThat(tuners).doesNotContainNull();
    }

    @Test
    void aHandlerThatNeedsNoContextIsOneThatIgnoresIt() throws Exception {
        JobHandler.Simple<String, Integer> simple = Integer::parseInt;
        JobHandler<String, Integer> handler = simple;
        assertThat(handler.handle("5", null)).isEqualTo(5);
        assertThat(resultOf(WorkerPool.start(system, settings(1), handler), "6"))
                .isEqualTo(6);
    }
}
