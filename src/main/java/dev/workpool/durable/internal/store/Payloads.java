package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;

/** Reads the encoded jobs of segments, and deletes those that are over. */
public final class Payloads {
    private final Names names;

    public Payloads(Names names) {
        this.names = names;
    }

    private record Place(int part, long batch, long firstJob) {
        static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::batch).thenComparingLong(Place::firstJob);

        static Place of(SegmentRow segment) {
            return new Place(segment.part(), segment.batch(), segment.firstJob());
        }
    }

    /**
     * Reads the blocks of jobs that segments are of, which may be the same for several.
     *
     * @return one for each segment, in their order
     * @throws IllegalStateException if one is not there
     */
    List<byte[]> read(Connection connection, List<SegmentRow> segments) throws SQLException {
        List<byte[]> found = find(connection, segments);
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i) == null) {
                throw missing(segments.get(i));
            }
        }
        return found;
    }

    private IllegalStateException missing(SegmentRow segment) {
        return new IllegalStateException("the jobs of batch " + segment.batch() + " from " + segment.firstJob()
                + " on are not in " + names.table("payload") + "; somebody has deleted them");
    }

    /**
     * Reads the blocks of segments that were leased a moment ago. If that moment was longer than the lease, others may
     * have run the jobs meanwhile, and their block is gone.
     *
     * @return one for each segment, in their order; null for one that is not leased any more
     * @throws IllegalStateException if one is not there although the segment is held
     */
    public List<byte[]> readHeld(Connection connection, List<SegmentRow> segments) throws SQLException {
        List<byte[]> found = find(connection, segments);
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i) == null && isHeld(connection, segments.get(i))) {
                throw missing(segments.get(i));
            }
        }
        return found;
    }

    private boolean isHeld(Connection connection, SegmentRow segment) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT 1 FROM {segment} WHERE batch = ? AND lowest = ? AND lease_token = ?"))) {
            query.setLong(1, segment.batch());
            query.setLong(2, segment.jobs().lowest());
            query.setLong(3, segment.token());
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * Deletes the blocks of segments, unless jobs of them are left. To be called when the segments are settled, in the
     * same transaction or later: whoever replaces a segment by others of its block does so in one transaction, so that
     * one of the two is always seen.
     */
    public void dropEnded(Connection connection, Collection<SegmentRow> segments) throws SQLException {
        Map<Integer, Set<Place>> parts = new TreeMap<>(); // in the same order by all
        for (SegmentRow segment : segments) {
            parts.computeIfAbsent(segment.part(), key -> new TreeSet<>(Place.ORDER))
                    .add(Place.of(segment));
        }
        for (Map.Entry<Integer, Set<Place>> part : parts.entrySet()) {
            // The part's number in the text: a server then plans for that part, and locks no other.
            try (PreparedStatement delete =
                    connection.prepareStatement(names.sql("DELETE FROM {payload} AS p WHERE part = " + part.getKey()
                            + " AND batch = ? AND first_job = ? AND NOT EXISTS (SELECT 1 FROM {segment} s"
                            + " WHERE s.batch = ? AND s.lowest >= ? AND s.lowest < ? + p.jobs)"))) {
                for (Place place : part.getValue()) {
                    delete.setLong(1, place.batch());
                    delete.setLong(2, place.firstJob());
                    delete.setLong(3, place.batch());
                    delete.setLong(4, place.firstJob());
                    delete.setLong(5, place.firstJob());
                    delete.addBatch();
                }
                delete.executeBatch();
            }
        }
    }

    private List<byte[]> find(Connection connection, List<SegmentRow> segments) throws SQLException {
        Map<Place, byte[]> blocks = new HashMap<>();
        for (SegmentRow segment : segments) {
            blocks.put(Place.of(segment), null);
        }
        List<Place> places = new ArrayList<>(blocks.keySet());
        // So many at a time as there are in a power of two, so that a server sees few different statements.
        for (int from = 0; from < places.size(); ) {
            int some = Math.min(64, Integer.highestOneBit(places.size() - from));
            read(connection, places.subList(from, from + some), blocks);
            from += some;
        }
        List<byte[]> found = new ArrayList<>();
        for (SegmentRow segment : segments) {
            found.add(blocks.get(Place.of(segment)));
        }
        return found;
    }

    /** Tells the index of a segment's job by its number. */
    LongUnaryOperator indices(Connection connection, SegmentRow segment) throws SQLException {
        if (segment.lane() < 0) {
            return number -> number;
        }
        JobBlock block = JobBlock.read(read(connection, List.of(segment)).get(0));
        return number -> block.index(segment.firstJob(), (int) (number - segment.firstJob()));
    }

    private void read(Connection connection, List<Place> places, Map<Place, byte[]> blocks) throws SQLException {
        String one =
                "SELECT part, batch, first_job, data FROM {payload} WHERE part = ? AND batch = ? AND first_job = ?";
        String all = String.join(" UNION ALL ", Collections.nCopies(places.size(), one));
        try (PreparedStatement query = connection.prepareStatement(names.sql(all))) {
            int i = 1;
            for (Place place : places) {
                query.setInt(i++, place.part());
                query.setLong(i++, place.batch());
                query.setLong(i++, place.firstJob());
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    blocks.put(new Place(rows.getInt(1), rows.getLong(2), rows.getLong(3)), rows.getBytes(4));
                }
            }
        }
    }
}
