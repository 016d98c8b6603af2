package dev.workpool.durable;

import dev.workpool.durable.internal.store.Transactions;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.durable.internal.work.OpenQueue.Ids;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a queue in its store, or makes it: at once, or in the background if the store does not answer now. */
final class QueueOpening {
    private static final Logger log = LoggerFactory.getLogger(QueueOpening.class);
    private static final long AGAIN_NS = 500_000_000L;

    private final StoreRuntime store;
    private final OpenQueue<?> queue;

    QueueOpening(StoreRuntime store, OpenQueue<?> queue) {
        this.store = store;
        this.queue = queue;
    }

    /**
     * Finds it.
     *
     * @throws IllegalStateException if the store refuses it, which waiting does not mend; or its disk is full; or it takes no
     *     writes, as a standby, which is more often a wrong URL than a primary to be
     */
    void find() {
        boolean isFirst = store.codecs().add(queue.name(), queue.codec());
        boolean isRefused = true;
        try {
            findOrGoOnLater();
            isRefused = false;
        } finally {
            if (isRefused && isFirst) {
                store.codecs().remove(queue.name());
            }
        }
    }

    private void findOrGoOnLater() {
        try {
            tryToFind();
        } catch (SQLException e) {
            if (Transactions.isDiskFull(e)) {
                SQLException full = queue.database().transactions().diskFull(e);
                throw new IllegalStateException(
                        "queue '" + queue.name() + "' cannot be opened: " + full.getMessage(), full);
            }
            if (!Transactions.isPassing(e) || Transactions.isReadOnly(e)) {
                throw new IllegalStateException("queue '" + queue.name() + "' cannot be opened: " + e.getMessage(), e);
            }
            Thread opener = new Thread(this::findPatiently, "workpool-store-open-" + queue.name());
            opener.setDaemon(true);
            opener.start();
        }
    }

    private void tryToFind() throws SQLException {
        store.prepare();
        Ids ids = queue.database().transactions().call(queue::find);
        store.retain(ids.queue(), queue.settings().retention());
        queue.ids().complete(ids);
    }

    private void findPatiently() {
        while (!queue.ids().isDone()) {
            LockSupport.parkNanos(AGAIN_NS);
            try {
                tryToFind();
            } catch (SQLException e) {
                if (!Transactions.isPassing(e)) {
                    queue.ids().completeExceptionally(e);
                }
            } catch (RuntimeException e) {
                log.error("Queue {} cannot be opened.", queue.name(), e);
                queue.ids().completeExceptionally(e);
            }
        }
    }
}
