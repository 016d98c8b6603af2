package dev.workpool.bench.durable;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** db-scheduler, told to run at once what is enqueued in its process, and to lock what it fetches. */
final class DbSchedulerContestant implements Contestant {
    private static final String TABLE = """
            CREATE TABLE scheduled_tasks (task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
                execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text, last_success timestamptz,
                last_failure timestamptz, consecutive_failures int, last_heartbeat timestamptz, version bigint NOT NULL,
                priority smallint, PRIMARY KEY (task_name, task_instance))""";

    private final AtomicLong number = new AtomicLong();
    private final HikariDataSource connections;
    private final OneTimeTask<byte[]> task;
    private final Scheduler scheduler;

    DbSchedulerContestant(Server server, Handler handler) throws SQLException {
        server.execute(TABLE);
        server.execute("CREATE INDEX scheduled_tasks_due ON scheduled_tasks (execution_time)");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url());
        config.setUsername("postgres");
        config.setMaximumPoolSize(8);
        connections = new HikariDataSource(config);
        task = Tasks.oneTime("job", byte[].class).execute((instance, context) -> handler.run(instance.getData()));
        scheduler = Scheduler.create(connections, task)
                .threads(WORKERS)
                .enableImmediateExecution()
                .pollUsingLockAndFetch(1, 4)
                .pollingInterval(Duration.ofMillis(100))
                .build();
        scheduler.start();
    }

    private TaskInstance<byte[]> instance(byte[] job) {
        return task.instance(Long.toString(number.incrementAndGet()), job);
    }

    @Override
    public void enqueue(byte[] job) {
        scheduler.schedule(instance(job), Instant.now());
    }

    @Override
    public void enqueueAll(byte[] job, int jobs) {
        List<TaskInstance<?>> all = new ArrayList<>(jobs);
        for (int i = 0; i < jobs; i++) {
            all.add(instance(job));
        }
        scheduler.scheduleBatch(all, Instant.now());
    }

    @Override
    public void close() {
        scheduler.stop();
        connections.close();
    }
}
