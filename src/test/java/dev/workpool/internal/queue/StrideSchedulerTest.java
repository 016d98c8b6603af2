package dev.workpool.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sources that come and go. What holds of turns as a part of the queue is in {@link JobQueuePropertyTest}. */
class StrideSchedulerTest {

    /** Against a list that is searched for whoever is furthest behind, where each turn is of one job. */
    private static final class Model {
        static final class Place {
            final Numbers source;
            long pass;
            long since;

            Place(Numbers source) {
                this.source = source;
            }
        }

        static final long STRIDE = 1 << 20;

        final List<Place> places = new ArrayList<>();
        long turns;
        long mean;
        long remainder;
        long weights;

        void add(Numbers source) {
            Place place = new Place(source);
            place.pass = mean + (remainder > 0 ? 1 : 0);
            place.since = ++turns;
            weights += source.weight();
            shift((place.pass - mean) * source.weight());
            places.add(place);
        }

        void remove(Place place) {
            places.remove(place);
            weights -= place.source.weight();
            shift((mean - place.pass) * place.source.weight());
        }

        private void shift(long sum) {
            remainder = weights == 0 ? 0 : remainder + sum;
            if (weights > 0) {
                mean += Math.floorDiv(remainder, weights);
                remainder = Math.floorMod(remainder, weights);
            }
        }

        /** Whose turn it is. */
        Place next() {
            Place next = null;
            for (Place each : places) {
                if (next == null || each.pass < next.pass || (each.pass == next.pass && each.since < next.since)) {
                    next = each;
                }
            }
            return next;
        }

        void took(Place place, long left) {
            if (left == 0) {
                remove(place);
            } else if (places.size() > 1) {
                long by = STRIDE / place.source.weight();
                place.pass += by;
                place.since = ++turns;
                shift(by * place.source.weight());
            }
        }
    }

    @Property
    void whoeverIsFurthestBehindIsNextWhoeverComesAndGoes(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int events) {
        Random random = new Random(seed);
        StrideScheduler<Taken> strideScheduler = new StrideScheduler<>();
        Model model = new Model();
        Map<String, Integer> left = new HashMap<>();
        List<Numbers> idle = new ArrayList<>(); // were here, have jobs left, and may come again
        for (int i = 0; i < events; i++) {
            int kind = random.nextInt(10);
            if (kind < 3) {
                Numbers source = idle.isEmpty() || random.nextBoolean()
                        ? new Numbers("" + i, 1 + random.nextInt(9)).withWeight(1 + random.nextInt(5))
                        : idle.remove(random.nextInt(idle.size()));
                strideScheduler.add(source);
                model.add(source);
                left.put(source.name, (int) source.queued());
            } else if (kind < 5 && !model.places.isEmpty()) {
                Model.Place gone = model.places.get(random.nextInt(model.places.size()));
                strideScheduler.remove(gone.source);
                strideScheduler.remove(gone.source); // harmless
                model.remove(gone);
                idle.add(gone.source);
            } else {
                Model.Place next = model.next();
                Taken taken = strideScheduler.next(1, 1);
                assertThat(taken == null).isEqualTo(next == null);
                if (taken != null) {
                    assertThat(taken.source()).isEqualTo(next.source.name);
                    model.took(next, left.merge(taken.source(), -1, Integer::sum));
                }
            }
            assertThat(strideScheduler.isEmpty()).isEqualTo(model.places.isEmpty());
        }
    }
}
