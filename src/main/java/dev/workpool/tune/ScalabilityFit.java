package dev.workpool.tune;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The Universal Scalability Law, fitted to what was measured. Immutable.
 *
 * <pre>C(N) = λN / (1 + σ(N − 1) + κN(N − 1))</pre>
 *
 * <p>Source: N. J. Gunther, Guerrilla Capacity Planning, Springer 2007, chapters 4 to 6; and A General Theory of
 * Computational Scalability Based on Rational Functions, arXiv:0808.1431. λ is the throughput of one worker, σ what
 * workers lose by waiting for each other, κ what they lose by keeping each other informed. With κ above 0 there is a
 * peak, at √((1 − σ) / κ) workers.
 *
 * <p>N / C(N) is linear in 1/λ, σ/λ and κ/λ, so the fit is one of linear least squares with these three not negative:
 * the one solution is found in closed form, by solving for each set of coefficients that may be 0. An iterative fit of
 * the formula itself needs values to start from, may stop anywhere, and is no better. Residuals are weighted to be
 * relative to what was measured, as noise is.
 *
 * <p>A law, not a cast: work that a fixed number of permits limits has a corner that no such curve has. Recommendations
 * are therefore made from what was measured, never from the curve.
 *
 * @param lambda λ, jobs per second of one worker
 * @param sigma σ, contention; 0 or more
 * @param kappa κ, coherency; 0 or more
 * @param r2 the part of the variance of the throughputs that the curve explains, at most 1
 */
public record ScalabilityFit(double lambda, double sigma, double kappa, double r2) {
    private static final int COEFFICIENTS = 3;
    private static final double NEGLIGIBLE = 1e-12;

    /**
     * What the curve says.
     *
     * @param workers how many
     * @return jobs per second
     */
    public double throughput(double workers) {
        return lambda * workers / (1 + sigma * (workers - 1) + kappa * workers * (workers - 1));
    }

    /**
     * Where the curve is highest.
     *
     * @return a number of workers, not rounded; empty if the curve never falls
     */
    public OptionalDouble peak() {
        return kappa > 0 && sigma < 1 ? OptionalDouble.of(Math.sqrt((1 - sigma) / kappa)) : OptionalDouble.empty();
    }

    /** The curve of some points; empty with fewer than three that have a throughput. */
    static Optional<ScalabilityFit> of(List<TunePoint> measured) {
        List<TunePoint> points = measured.stream()
                .filter(point -> point.throughput().value() > 0)
                .toList();
        if (points.size() < COEFFICIENTS) {
            return Optional.empty();
        }
        double[][] rows = points.stream().map(ScalabilityFit::row).toArray(double[][]::new);
        double[] best = null;
        double least = Double.POSITIVE_INFINITY;
        // 1/λ is never 0; of the others, bit by bit, each may be.
        for (int used = 1; used < 1 << COEFFICIENTS; used += 2) {
            double[] solution = solve(rows, used);
            double residual = solution == null ? Double.POSITIVE_INFINITY : residual(rows, solution);
            if (residual < least) {
                least = residual;
                best = solution;
            }
        }
        if (best == null || best[0] <= 0) {
            return Optional.empty();
        }
        ScalabilityFit curve = new ScalabilityFit(1 / best[0], best[1] / best[0], best[2] / best[0], 0);
        return Optional.of(new ScalabilityFit(curve.lambda, curve.sigma, curve.kappa, curve.explained(points)));
    }

    /** What 1/λ, σ/λ and κ/λ are multiplied by to give 1. */
    private static double[] row(TunePoint point) {
        double n = point.workers();
        double each = point.throughput().value() / n;
        return new double[] {each, each * (n - 1), each * n * (n - 1)};
    }

    private static double residual(double[][] rows, double[] solution) {
        double sum = 0;
        for (double[] row : rows) {
            double off = row[0] * solution[0] + row[1] * solution[1] + row[2] * solution[2] - 1;
            sum += off * off;
        }
        return sum;
    }

    /**
     * Solves the normal equations of the coefficients in use, the others being 0; null if there is no solution without
     * negative ones.
     */
    private static double[] solve(double[][] rows, int used) {
        double[][] system = new double[COEFFICIENTS][COEFFICIENTS + 1];
        for (int i = 0; i < COEFFICIENTS; i++) {
            for (int j = 0; j < COEFFICIENTS; j++) {
                system[i][j] = uses(used, i) && uses(used, j) ? sumOfProducts(rows, i, j) : i == j ? 1 : 0;
            }
            for (double[] row : rows) {
                system[i][COEFFICIENTS] += uses(used, i) ? row[i] : 0;
            }
        }
        double[] solution = eliminate(system);
        for (int i = 0; i < COEFFICIENTS; i++) {
            if (solution == null || solution[i] < 0) {
                return null;
            }
        }
        return solution;
    }

    private static boolean uses(int used, int coefficient) {
        return (used >> coefficient & 1) == 1;
    }

    private static double sumOfProducts(double[][] rows, int i, int j) {
        double sum = 0;
        for (double[] row : rows) {
            sum += row[i] * row[j];
        }
        return sum;
    }

    /**
     * Gauss's elimination. The matrix is symmetric and, unless it is singular, positive definite: it needs no pivoting.
     */
    private static double[] eliminate(double[][] system) {
        for (int i = 0; i < COEFFICIENTS; i++) {
            double diagonal = system[i][i];
            for (int below = i + 1; below < COEFFICIENTS; below++) {
                double factor = system[below][i] / diagonal;
                double before = system[below][below];
                for (int j = i; j <= COEFFICIENTS; j++) {
                    system[below][j] -= factor * system[i][j];
                }
                if (Math.abs(system[below][below]) <= NEGLIGIBLE * before) {
                    return null;
                }
            }
        }
        double[] solution = new double[COEFFICIENTS];
        for (int i = COEFFICIENTS - 1; i >= 0; i--) {
            double rest = system[i][COEFFICIENTS];
            for (int j = i + 1; j < COEFFICIENTS; j++) {
                rest -= system[i][j] * solution[j];
            }
            solution[i] = rest / system[i][i];
        }
        return solution;
    }

    private double explained(List<TunePoint> points) {
        double mean = points.stream()
                .mapToDouble(point -> point.throughput().value())
                .average()
                .orElse(0);
        double off = 0;
        double all = 0;
        for (TunePoint point : points) {
            double x = point.throughput().value();
            off += Math.pow(x - throughput(point.workers()), 2);
            all += Math.pow(x - mean, 2);
        }
        return all == 0 ? 1 : 1 - off / all;
    }
}
