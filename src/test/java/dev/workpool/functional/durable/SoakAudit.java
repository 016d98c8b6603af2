package dev.workpool.functional.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.segment.OutcomeBlock;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.segment.StoredOutcome.Kind;
import dev.workpool.functional.durable.SoakProducer.Enqueued;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** Compares what is in the database after the soak with what was asked for. */
final class SoakAudit {
    private final DataSource database;

    SoakAudit(DataSource database) {
        this.database = database;
    }

    void check(SoakProducer producer) throws SQLException {
        List<String> wrong = new ArrayList<>();
        List<String> unlucky = new ArrayList<>();
        Map<Long, Map<Long, List<StoredOutcome>>> outcomes = outcomes();
        for (Enqueued each : producer.batches()) {
            Map<Long, List<StoredOutcome>> ofBatch =
                    outcomes.getOrDefault(each.batch().id(), Map.of());
            for (int i = 0; i < each.jobs().size(); i++) {
                List<StoredOutcome> ofJob = ofBatch.getOrDefault((long) i, List.of());
                Kind expected = each.jobs().get(i).kind() == SoakJob.Kind.POISON ? Kind.FAILED : Kind.SUCCEEDED;
                if (ofJob.size() != 1 || ofJob.get(0).kind() != expected) {
                    (isUnlucky(ofJob) ? unlucky : wrong)
                            .add(each.jobs().get(i) + ", " + i + " of " + each.batch() + ": " + ofJob);
                }
            }
        }
        assertThat(wrong).as("%s", producer).isEmpty();
        assertThat(unlucky).as("%s", producer).hasSizeLessThan(3);
        assertThat(longs("SELECT b.id FROM workpool_batch b JOIN workpool_queue q ON q.id = b.queue WHERE q.name = '"
                        + producer.queue() + "'"))
                .as("batches of %s", producer)
                .hasSameElementsAs(producer.batches().stream()
                        .map(each -> each.batch().id())
                        .toList())
                .hasSameSizeAs(producer.batches());
    }

    /** Its process was killed from outside three times while it ran alone: nobody can tell it from one that kills. */
    private static boolean isUnlucky(List<StoredOutcome> ofJob) {
        return ofJob.size() == 1 && ofJob.get(0).toString().contains("its process has ended 3 times");
    }

    /** Nothing is left behind. */
    void checkThatNothingWaits() throws SQLException {
        assertThat(longs("SELECT batch FROM workpool_segment")).isEmpty();
        assertThat(longs("SELECT batch FROM workpool_done")).isEmpty();
        assertThat(longs("SELECT id FROM workpool_batch WHERE ended IS NULL")).isEmpty();
    }

    /** What the transactional handler wrote: each job once, since it is the primary key, but for poison, which wrote nothing. */
    void checkEffects(SoakProducer producer) throws SQLException {
        Set<Long> expected = new HashSet<>(producer.ids());
        expected.removeAll(producer.poison());
        assertThat(new HashSet<>(longs("SELECT id FROM effect"))).isEqualTo(expected);
    }

    /** Jobs of a key ran in their order: each for the first time after the one before it, however often they ran. */
    void checkOrder() throws SQLException {
        Map<Long, List<Long>> ofKeys = new HashMap<>();
        for (long id : new LinkedHashSet<>(longs("SELECT id FROM seen ORDER BY n"))) {
            ofKeys.computeIfAbsent(SoakQueues.key(id), key -> new ArrayList<>()).add(id);
        }
        assertThat(ofKeys.values()).allSatisfy(ids -> assertThat(ids).isSorted());
    }

    /** Of each job of each batch, by their numbers. */
    private Map<Long, Map<Long, List<StoredOutcome>>> outcomes() throws SQLException {
        Map<Long, Map<Long, List<StoredOutcome>>> found = new HashMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT batch, data FROM workpool_outcome")) {
            while (rows.next()) {
                Map<Long, List<StoredOutcome>> ofBatch =
                        found.computeIfAbsent(rows.getLong(1), batch -> new HashMap<>());
                for (StoredOutcome outcome : OutcomeBlock.read(rows.getBytes(2))) {
                    ofBatch.computeIfAbsent(outcome.index(), index -> new ArrayList<>())
                            .add(outcome);
                }
            }
        }
        return found;
    }

    private List<Long> longs(String query) throws SQLException {
        List<Long> found = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
        }
        return found;
    }
}
