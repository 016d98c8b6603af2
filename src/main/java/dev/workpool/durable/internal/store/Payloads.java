package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/** Reads the encoded jobs of segments. */
public final class Payloads {
    private final Names names;

    public Payloads(Names names) {
        this.names = names;
    }

    private record Place(int part, long batch, long firstJob) {
        static Place of(SegmentRow segment) {
            return new Place(segment.part(), segment.batch(), segment.firstJob());
        }
    }

    /**
     * Reads the blocks of jobs that segments are of, which may be the same for several.
     *
     * @return one for each segment, in their order
     */
    public List<byte[]> read(Connection connection, List<SegmentRow> segments) throws SQLException {
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
            byte[] block = blocks.get(Place.of(segment));
            if (block == null) {
                throw new IllegalStateException("the jobs of batch " + segment.batch() + " from " + segment.firstJob()
                        + " on are not in " + names.table("payload") + "; somebody has deleted them");
            }
            found.add(block);
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
