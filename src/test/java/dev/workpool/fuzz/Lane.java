package dev.workpool.fuzz;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.SplittableRandom;

/** Plays rounds one after another, each of them by its seed, until time is over. */
final class Lane implements Runnable {
    private static final int WARM_UPS = 8;

    private final Campaign campaign;
    private final int number;
    private World world = new World();

    Lane(Campaign campaign, int number) {
        this.campaign = campaign;
        this.number = number;
    }

    /** Has each class loaded before something is done near the end of a stack, where a class that is loaded may be broken for good. */
    static void warmUp() {
        Campaign calm = new Campaign(new FuzzOptions(0, WARM_UPS, 1, null, 1, WARM_UPS), true);
        new Lane(calm, 0).run();
    }

    @Override
    public void run() {
        try {
            for (long seed = campaign.nextSeed(); !campaign.isOver(); seed = campaign.nextSeed()) {
                play(seed);
            }
            campaign.laneEnded();
        } finally {
            world.close();
        }
    }

    private void play(long seed) {
        Findings findings = new Findings();
        Watch watch = new Watch(findings);
        String text = "";
        String name = world.name() + "-pool-" + number;
        boolean endsSystem = true;
        try {
            switch (new SplittableRandom(~seed).nextInt(12)) {
                case 0 -> {
                    StartRace race = new StartRace(world, seed, name, findings, watch);
                    race.play();
                    text = race.text();
                }
                case 1, 2 -> {
                    ExecutorRound round = new ExecutorRound(world, seed, name, findings, watch, campaign.isCalm());
                    text = round.text();
                    endsSystem = round.endsSystem();
                    round.play();
                }
                default -> {
                    Scenario scenario = new Scenario(seed, campaign.isCalm());
                    text = scenario.toString();
                    endsSystem = scenario.ending.endsSystem;
                    new Round(world, scenario, name, findings, watch).play();
                }
            }
        } catch (RuntimeException | Error e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            findings.add("the round itself fails", trace.toString());
        }
        boolean failed = !findings.isEmpty();
        campaign.played(seed, findings, watch, text);
        if (failed || endsSystem || world.isTerminated()) { // a pool that hangs would be in the way
            world.close();
            world = new World();
        }
    }
}
