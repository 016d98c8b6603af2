package dev.workpool.internal.pool;

import akka.actor.typed.ActorSystem;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.router.RouterFactory;
import dev.workpool.internal.worker.Handler;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.WorkerThreads;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Where the jobs of a pool run: on workers of its own, or elsewhere. */
public interface Workplace<J, R> {

    /**
     * What there is of a pool before it has actors.
     *
     * @param system where its actors will run
     * @param settings its settings
     * @param carrier unpacks its jobs
     * @param requestQueue identifies it, and takes requests of its handlers
     * @param threads makes the threads of its workers
     * @param times takes how long its jobs take
     * @param callbacks runs users' code
     */
    record Parts<J, R>(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            JobCarrier<J> carrier,
            RequestQueue<J, R> requestQueue,
            WorkerThreads threads,
            JobTimes times,
            Executor callbacks) {}

    /**
     * Makes what runs jobs in this process.
     *
     * @param pool which
     * @return makes runners
     */
    Runner.Factory<J, R> runners(Parts<J, R> pool);

    /**
     * Makes what jobs are granted to.
     *
     * @param system where the pool's actors run
     * @param settings the pool's
     * @param runners those of {@link #runners}
     * @param callbacks runs what may block
     * @param gauges what can be read of the pool
     * @param events tell what happens in it
     * @return makes routers
     */
    RouterFactory<R> routers(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            Runner.Factory<J, R> runners,
            Executor callbacks,
            PoolGauges gauges,
            PoolEvents events);

    /**
     * How many workers are idle before anybody has said so.
     *
     * @param workers how many there are by the settings
     * @return all of them; none if it takes time to find them
     */
    default int idleAtFirst(int workers) {
        return workers;
    }

    /** Why nobody works there, as a sentence without a full stop, if that needs to be said. Any thread may ask. */
    default Optional<String> whyNobodyWorks() {
        return Optional.empty();
    }

    /** Whether start checks of batches are asked there: the workers are in this process. */
    default boolean asksStartChecks() {
        return true;
    }

    /** Workers in this process, which call a handler. */
    static <J, R> Workplace<J, R> here(Handler<J, R> handler) {
        return new Workplace<>() {
            @Override
            public Runner.Factory<J, R> runners(Parts<J, R> pool) {
                Handler<J, R> called = Handler.in(
                        TestHarness.of(pool.system()), pool.settings().name(), handler);
                return PoolRoot.runners(
                        pool.system(),
                        pool.settings(),
                        pool.carrier().unpacking(called),
                        pool.requestQueue(),
                        pool.threads(),
                        pool.times(),
                        pool.callbacks());
            }

            @Override
            public RouterFactory<R> routers(
                    ActorSystem<?> system,
                    WorkerPoolSettings settings,
                    Runner.Factory<J, R> runners,
                    Executor callbacks,
                    PoolGauges gauges,
                    PoolEvents events) {
                return PoolRoot.routers(system, settings, runners, callbacks, gauges, events);
            }
        };
    }
}
