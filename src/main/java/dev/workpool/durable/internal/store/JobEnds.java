package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.settings.KeptOutcomes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks which jobs of a batch have ended, while others may run, and how. */
public final class JobEnds {
    private final Names names;
    private final Batches batches;
    private final Payloads payloads;

    public JobEnds(Names names) {
        this.names = names;
        this.batches = new Batches(names);
        this.payloads = new Payloads(names);
    }

    /**
     * How a job has ended.
     *
     * @param outcome as it is stored; null if that is not known
     */
    public record End(StoredOutcome outcome) {}

    /**
     * Looks at jobs of a batch.
     *
     * @param indices theirs
     * @return how those have ended that have; empty if the batch is not in the store any more
     */
    public Optional<Map<Long, End>> look(Connection connection, long queue, long batch, Set<Long> indices)
            throws SQLException {
        Optional<Batches.Row> row = batches.find(connection, queue, batch);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        // First what is left, then the outcomes: a job is in one of them at any moment, and goes from the first to the
        // second.
        Set<Long> ended = new HashSet<>(indices);
        if (!row.get().hasEnded()) {
            ended.removeAll(open(connection, batch));
        }
        return Optional.of(ended.isEmpty() ? Map.of() : ends(connection, queue, row.get(), ended));
    }

    /** The indices of the jobs that have no outcome. */
    private Set<Long> open(Connection connection, long batch) throws SQLException {
        List<SegmentRow> segments = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT " + SegmentTable.COLUMNS + " FROM {segment} s WHERE s.batch = ?"))) {
            query.setLong(1, batch);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    segments.add(SegmentTable.read(rows).segment());
                }
            }
        }
        Set<Long> open = new HashSet<>();
        for (SegmentRow segment : segments) {
            if (segment.lane() < 0) {
                segment.jobs().forEach(open::add);
            } else {
                addIndices(connection, segment, open);
            }
        }
        return open;
    }

    private void addIndices(Connection connection, SegmentRow segment, Set<Long> open) throws SQLException {
        byte[] encoded = payloads.readHeld(connection, List.of(segment)).get(0);
        if (encoded != null) { // else they have ended a moment ago
            JobBlock block = JobBlock.read(encoded);
            long first = segment.firstJob();
            segment.jobs().forEach(number -> open.add(block.index(first, (int) (number - first))));
        }
    }

    private Map<Long, End> ends(Connection connection, long queue, Batches.Row seen, Set<Long> ended)
            throws SQLException {
        Map<Long, End> ends = new HashMap<>();
        batches.readOutcomes(
                connection,
                seen,
                block -> block.stream()
                        .filter(each -> ended.contains(each.index()))
                        .forEach(each -> ends.put(each.index(), new End(each))));
        if (ends.size() < ended.size()) {
            boolean isKnown = seen.kept() != KeptOutcomes.NONE || haveAllSucceeded(connection, queue, seen.id());
            for (long index : ended) {
                ends.putIfAbsent(index, new End(isKnown ? StoredOutcome.succeeded(index, 1, null) : null));
            }
        }
        return ends;
    }

    private boolean haveAllSucceeded(Connection connection, long queue, long batch) throws SQLException {
        return batches.find(connection, queue, batch)
                .map(Batches.Row::counts)
                .filter(counts -> counts.total() == counts.succeeded())
                .isPresent();
    }
}
