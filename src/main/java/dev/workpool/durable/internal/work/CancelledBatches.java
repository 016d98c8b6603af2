package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Cancellations;
import dev.workpool.durable.internal.store.Database;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Cancels what is held of batches that were cancelled, and confirms in the store that none of it begins any more. The
 * actor's alone.
 */
final class CancelledBatches<J> {
    /** What was heard is remembered, since a claim that has not seen it may be under way. */
    private static final int MOST_REMEMBERED = 1_000;

    private final Database database;
    private final boolean confirms;
    private final Consumer<Collection<Long>> tellOthers;
    private final Consumer<Confirmed> tellActor;
    private final Set<Held<J>> unconfirmed = new LinkedHashSet<>();
    private boolean isConfirming;

    private final Map<Long, Boolean> heard = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /**
     * No batch was cancelled.
     *
     * @param confirms whether what is cancelled here begins no more. Where jobs run on other machines that is known once
     *     they have ended
     * @param tellOthers is told what was confirmed, on any thread
     * @param tellActor is told what came of a confirmation, on any thread, and brings it to {@link #confirmed}
     */
    CancelledBatches(
            Database database, boolean confirms, Consumer<Collection<Long>> tellOthers, Consumer<Confirmed> tellActor) {
        this.database = database;
        this.confirms = confirms;
        this.tellOthers = tellOthers;
        this.tellActor = tellActor;
    }

    /** What was confirmed, or was not since the store is away. */
    record Confirmed(List<Held<?>> segments, Throwable failure) {}

    /** A batch was cancelled, of which segments may be among these. */
    void hear(long batch, Collection<Held<J>> all) {
        heard.put(batch, true);
        all.forEach(this::hold);
    }

    /** A segment is held: perhaps of a batch that was cancelled while it was claimed. */
    void hold(Held<J> segment) {
        if (!segment.isCancelled && heard.containsKey(segment.claimed.batch())) {
            segment.cancel();
            if (confirms) {
                unconfirmed.add(segment);
            }
        }
    }

    /** Confirms what was cancelled, if there is something and nothing is on its way. */
    void confirm() {
        if (isConfirming || unconfirmed.isEmpty()) {
            return;
        }
        isConfirming = true;
        List<Held<?>> segments = new ArrayList<>(unconfirmed);
        unconfirmed.clear();
        Map<Long, Set<Long>> tokens = new HashMap<>();
        segments.forEach(each -> tokens.computeIfAbsent(each.claimed.batch(), key -> new HashSet<>())
                .add(each.claimed.token()));
        Cancellations cancellations = new Cancellations(database.names());
        database.transactions()
                .work(connection -> {
                    for (Map.Entry<Long, Set<Long>> each : tokens.entrySet()) {
                        cancellations.confirm(connection, each.getKey(), each.getValue());
                    }
                    return tokens.keySet();
                })
                .whenComplete((batches, failure) -> {
                    tellActor.accept(new Confirmed(segments, failure));
                    if (failure == null) {
                        tellOthers.accept(batches);
                    }
                });
    }

    @SuppressWarnings("unchecked") // they are its own
    void confirmed(Confirmed done) {
        isConfirming = false;
        if (done.failure() != null) {
            done.segments().forEach(each -> unconfirmed.add((Held<J>) each)); // the next tick tries again
        } else {
            confirm();
        }
    }
}
