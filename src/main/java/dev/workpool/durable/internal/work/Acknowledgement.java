package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.Leases;
import dev.workpool.durable.internal.store.Names;
import dev.workpool.durable.internal.store.Settling;
import dev.workpool.durable.internal.store.Settling.Settlement;
import dev.workpool.durable.internal.store.Transactions;
import dev.workpool.durable.internal.store.WholeBatches;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What is written in one transaction: parts of held segments, and what is due once the last of a batch or of a lane is
 * gone. Made by the actor, and immutable from then on.
 *
 * @param queue the queue's number
 * @param helds the segments
 * @param settlements a part of each
 * @param due what else is to be done
 */
record Acknowledgement(long queue, List<Held<?>> helds, List<Settlement> settlements, Holdings.Due due) {
    private static final int MOST_PARTS = 64;

    /** Writes acknowledgements. Thread-safe. */
    static final class Writer {
        private final Settling settling;
        private final WholeBatches wholes;
        private final Leases leases;
        private final Batches batches;

        Writer(Names names) {
            settling = new Settling(names);
            wholes = new WholeBatches(names);
            leases = new Leases(names);
            batches = new Batches(names);
        }

        /** Writes it in one transaction; in one statement, if that is enough. */
        CompletableFuture<WholeBatches.Result> write(Transactions transactions, Acknowledgement all) {
            Transactions.Statement<WholeBatches.Result> statement =
                    all.settlements().size() == 1 && all.due().isNothing()
                            ? connection -> wholes.settleAtOnce(
                                    connection, all.settlements().get(0))
                            : null;
            return transactions.work(statement, connection -> write(connection, all));
        }

        private WholeBatches.Result write(Connection connection, Acknowledgement all) throws SQLException {
            List<Optional<Settlement>> written =
                    all.settlements().isEmpty() ? List.of() : settling.settle(connection, all.settlements());
            leases.releaseLanes(connection, all.queue(), all.due().lanes());
            WholeBatches.Result result = wholes.end(connection, written);
            Set<Long> ended = new HashSet<>(result.ended());
            ended.addAll(batches.finish(connection, all.due().batches()));
            return new WholeBatches.Result(written, ended);
        }
    }

    /** Takes what there is to be written of what is held, and marks it as on its way. */
    static <J> Acknowledgement take(long queue, Holdings<J> held, boolean isTransactional) {
        List<Held<?>> helds = new ArrayList<>();
        List<Settlement> settlements = new ArrayList<>();
        for (Held<J> each : held.all()) {
            if (!each.parts.isEmpty() && !each.isLost) {
                each.isSettling = true;
                helds.add(each);
                settlements.add(each.parts.peek().of(queue, each.row, isTransactional));
                if (helds.size() == MOST_PARTS) {
                    break;
                }
            }
        }
        return new Acknowledgement(queue, helds, settlements, held.takeDue());
    }

    boolean isNothing() {
        return helds.isEmpty() && due.isNothing();
    }
}
