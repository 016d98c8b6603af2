package dev.workpool.tune;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measurements with one number of workers. Immutable. Each figure is the median of its rounds.
 *
 * @param workers how many
 * @param rounds how often it was measured
 * @param throughput jobs that succeeded, per second
 * @param p10 the 10th percentile of the times that jobs took, in seconds; not known if no job began within a round
 * @param p50 their median, in seconds
 * @param p99 their 99th percentile, in seconds; of rounds of fewer than 100 jobs it is the longest
 * @param mean their mean, in seconds
 * @param busy how many workers were in the handler, on average
 * @param processors how many processors jobs used, those of child processes included; not known where the machine does
 *     not tell
 * @param others how many processors all other processes used meanwhile; not known where the machine does not tell
 * @param jobs how many jobs began within the rounds
 * @param failed how many of them failed
 * @param failedShare the part of the jobs that failed, with Wilson's interval
 */
public record TunePoint(
        int workers,
        int rounds,
        Estimate throughput,
        Estimate p10,
        Estimate p50,
        Estimate p99,
        Estimate mean,
        Estimate busy,
        Estimate processors,
        Estimate others,
        long jobs,
        long failed,
        Estimate failedShare) {

    /** The point of rounds with the same number of workers, at least one. */
    static TunePoint of(List<Round> rounds) {
        long jobs = rounds.stream().mapToLong(Round::jobs).sum();
        long failed = rounds.stream().mapToLong(Round::failed).sum();
        return new TunePoint(
                rounds.get(0).workers(),
                rounds.size(),
                estimate(rounds, Round::throughput),
                estimate(rounds, Round::p10),
                estimate(rounds, Round::p50),
                estimate(rounds, Round::p99),
                estimate(rounds, Round::mean),
                estimate(rounds, Round::busy),
                estimate(rounds, Round::processors),
                estimate(rounds, Round::others),
                jobs,
                failed,
                Estimate.ofShare(failed, jobs));
    }

    private static Estimate estimate(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Estimate.ofRounds(rounds.stream().mapToDouble(figure).toArray());
    }
}
