package dev.workpool.cli.run;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.cli.cluster.ClusterRun;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Halting;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.operation.Operation;
import dev.workpool.cli.operation.RemoteOperation;
import dev.workpool.cli.options.ClusterOptions;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.text.UsageException;
import dev.workpool.settings.WorkerPoolSettings;

/** Where the jobs of a run are done. Its end ends the pool as well, and what it may still run. */
sealed interface Place extends AutoCloseable {

    ActorSystem<Void> system();

    WorkerPool<Job, Result> start(Operation operation, WorkerPoolSettings settings, Halting halting)
            throws UsageException;

    /** How many jobs may have been read and not been shown. */
    int window(Operation operation, WorkerPoolSettings settings);

    @Override
    void close();

    /** In this process. */
    record Here(ActorSystem<Void> system) implements Place {
        Here() {
            this(ActorSystem.create(Behaviors.empty(), "workpool"));
        }

        @Override
        public WorkerPool<Job, Result> start(Operation operation, WorkerPoolSettings settings, Halting halting) {
            return operation.start(system, settings, halting);
        }

        @Override
        public int window(Operation operation, WorkerPoolSettings settings) {
            return operation.window(settings.workers());
        }

        @Override
        public void close() {
            system.terminate();
        }
    }

    /**
     * On the nodes of a cluster.
     *
     * @param workers how many jobs run at a time; null for as many as there are workers
     */
    record OnNodes(ClusterRun run, Workers workers) implements Place {
        /** Nobody knows how many workers there will be, and jobs travel in chunks. */
        private static final int TIMES_AS_MANY = 10;

        static Place begin(ClusterOptions options, Workers workers, Console console, Stop stop)
                throws UsageException, InterruptedException {
            return new OnNodes(ClusterRun.begin(options, console, stop), workers);
        }

        @Override
        public ActorSystem<Void> system() {
            return run.system();
        }

        /** What there is besides operations that others can do is refused before. */
        @Override
        public WorkerPool<Job, Result> start(Operation operation, WorkerPoolSettings settings, Halting halting)
                throws UsageException {
            return run.start((RemoteOperation) operation, settings, workers);
        }

        @Override
        public int window(Operation operation, WorkerPoolSettings settings) {
            return TIMES_AS_MANY * operation.window(settings.workers());
        }

        @Override
        public void close() {
            run.close();
        }
    }
}
