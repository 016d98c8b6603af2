package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.process.ProcessNews;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signals of processes on one machine that have the same file of SQLite open. Frees what the dead have held. */
final class FileSignals implements Signals {
    private static final Logger log = LoggerFactory.getLogger(FileSignals.class);

    private final SqliteConnections connections;
    private final Transactions transactions;
    private final Leases leases;
    private final Consumer<String> heard;
    private final ProcessNews news;

    /** Whether a transaction frees what the dead have held. Any thread. */
    private final AtomicBoolean isFreeing = new AtomicBoolean();

    FileSignals(
            SqliteConnections connections,
            Transactions transactions,
            ScheduledExecutorService timer,
            Leases leases,
            Consumer<String> heard) {
        this.connections = connections;
        this.transactions = transactions;
        this.leases = leases;
        this.heard = heard;
        this.news = connections.news(timer, new Listener());
    }

    private final class Listener implements ProcessNews.Listener {
        @Override
        public void heard(String what) {
            heard.accept(what.equals(ProcessNews.ANYTHING) ? ANYTHING : what);
        }

        @Override
        public void died(Set<String> names, Runnable forget) {
            if (!isFreeing.compareAndSet(false, true)) {
                return;
            }
            transactions
                    .work(connection -> {
                        leases.endThoseOfOthersThan(connection, connections.living());
                        return null;
                    })
                    .whenComplete((done, failure) -> {
                        isFreeing.set(false);
                        if (failure == null) {
                            log.info(
                                    "Processes {} have ended; what they held of job store {} is free.",
                                    names,
                                    connections.description());
                            forget.run();
                            heard.accept(ANYTHING);
                        }
                    });
        }
    }

    @Override
    public void tell(String what) {
        news.tell(what);
    }

    @Override
    public boolean areThereOthers() {
        return news.areThereOthers();
    }

    @Override
    public void close() {
        news.close();
    }
}
