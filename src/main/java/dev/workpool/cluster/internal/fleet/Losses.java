package dev.workpool.cluster.internal.fleet;

import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.internal.slice.Slice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Counts how often a job has lost the node that ran it, so that a job that ends its process does not end all of them.
 * Certain are the losses of jobs that were reported to run. A job that ends its process at once is never reported: so
 * losses of jobs that may have run count too, and many of them are as bad. Of the fleet's thread.
 */
final class Losses {
    /** A job that may have run at so many losses more than are allowed is taken to have done so. */
    private static final int DOUBTFUL = 7;

    /** So many jobs are remembered: some get their outcomes where nobody tells of it, as by a cancel in the queue. */
    private static final int REMEMBERED = 100_000;

    private static final class Counts {
        private int certain;
        private int possible;
    }

    private final int maxRuns;
    private final Map<JobAt, Counts> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobAt, Counts> eldest) {
            return size() > REMEMBERED;
        }
    };

    Losses(int maxRuns) {
        this.maxRuns = maxRuns;
    }

    boolean areNone() {
        return counts.isEmpty();
    }

    /**
     * A node was lost.
     *
     * @param lost what it had
     * @param running what it had reported to run
     * @param again gets the jobs that may run again
     * @param tooOften gets those that may not
     */
    <R> void lost(List<Slice<R>> lost, List<JobAt> running, Consumer<Slice<R>> again, Consumer<Slice<R>> tooOften) {
        Set<JobAt> ran = new HashSet<>(running);
        for (Slice<R> slice : lost) {
            int from = 0;
            for (int i = 0; i < slice.size(); i++) {
                if (count(new JobAt(slice.batch().id(), slice.first() + i), ran)) {
                    pass(slice, from, i, again);
                    tooOften.accept(slice.part(i, i + 1));
                    from = i + 1;
                }
            }
            pass(slice, from, slice.size(), again);
        }
    }

    private static <R> void pass(Slice<R> slice, int from, int to, Consumer<Slice<R>> again) {
        if (from < to) {
            again.accept(slice.part(from, to));
        }
    }

    private boolean count(JobAt job, Set<JobAt> ran) {
        Counts of = counts.computeIfAbsent(job, each -> new Counts());
        of.possible++;
        of.certain += ran.contains(job) ? 1 : 0;
        boolean tooOften = of.certain >= maxRuns || of.possible >= maxRuns + DOUBTFUL;
        if (tooOften) {
            counts.remove(job);
        }
        return tooOften;
    }

    /** Jobs have their outcomes. */
    <R> void forget(List<Slice<R>> ended) {
        if (!counts.isEmpty()) {
            List<JobAt> jobs = new ArrayList<>();
            for (Slice<R> slice : ended) {
                for (long index = slice.first(); index < slice.first() + slice.size(); index++) {
                    jobs.add(new JobAt(slice.batch().id(), index));
                }
            }
            jobs.forEach(counts::remove);
        }
    }
}
