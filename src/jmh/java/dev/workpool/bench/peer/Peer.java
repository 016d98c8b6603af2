package dev.workpool.bench.peer;

import java.util.List;

/** Something that runs lists of jobs with a fixed number of workers. */
public interface Peer extends AutoCloseable {
    /**
     * Runs all jobs.
     *
     * @param jobs the same list each time, if possible: what can be made of it beforehand is kept
     * @return all results, once they are there
     * @throws Exception if a job fails
     */
    Object run(List<Integer> jobs) throws Exception;

    @Override
    void close();
}
