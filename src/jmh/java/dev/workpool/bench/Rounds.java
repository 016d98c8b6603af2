package dev.workpool.bench;

import dev.workpool.bench.Measurement.Reading;
import dev.workpool.bench.Workload.Scale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rounds of one workload, in the process that {@link Field} starts for it. Each case takes its turn in each round, contenders of a setting next
 * to each other, so that they can be compared on a machine that has other things to do.
 */
final class Rounds {
    private final Workload workload;
    private final List<Case> cases;
    private final int rounds;
    private final Map<Key, List<Double>> values = new LinkedHashMap<>();

    private record Key(Case of, String metric, String unit) {}

    private Rounds(Workload workload, Scale scale, int rounds) {
        this.workload = workload;
        this.cases = workload.cases(scale);
        this.rounds = rounds;
    }

    /**
     * Runs them.
     *
     * @param args workload, scale, number of rounds, and where the figures go
     */
    public static void main(String[] args) throws Exception {
        Rounds rounds = new Rounds(Workload.named(args[0]), Scale.valueOf(args[1]), Integer.parseInt(args[2]));
        Report.writeFigures(rounds.run(), Path.of(args[3]));
        System.exit(0); // a thread that a contender left behind does not matter any more
    }

    private List<Figure> run() throws Exception {
        for (int round = 1; round <= rounds; round++) {
            for (Case each : cases) {
                System.err.printf(
                        "%s, %s, %s: round %d of %d%n",
                        workload.label(), each.setting(), each.contender(), round, rounds);
                for (Reading reading : each.measurement().measure(round == 1)) {
                    values.computeIfAbsent(new Key(each, reading.metric(), reading.unit()), key -> new ArrayList<>())
                            .add(reading.value());
                }
            }
        }
        List<Figure> figures = new ArrayList<>();
        values.forEach((key, of) -> figures.add(
                Figure.of(workload.label(), key.of().setting(), key.of().contender(), key.metric(), key.unit(), of)));
        return figures;
    }
}
