package dev.workpool.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Plays rounds one after another, each of them by its seed, on a thread of its own, until time is over. */
final class Lane {
    /** What the names of the threads begin with. */
    static final String THREAD = "fuzz-lane";

    /** Much longer than a round takes in which something does not come, see {@link Watch}. */
    private static final long LONGEST_ROUND_NS = 4 * Watch.BOUND.toNanos();

    private final Campaign campaign;
    private final int number;
    private final Thread thread;

    /** Written by the lane's own thread, as all below. */
    private volatile World world = new World();

    private volatile long seed;
    private volatile String text = "";
    private volatile long begunNs = System.nanoTime();

    private Lane(Campaign campaign, int number) {
        this.campaign = campaign;
        this.number = number;
        this.thread = new Thread(this::run, THREAD + "-" + number);
        this.thread.setDaemon(true);
    }

    static Lane start(Campaign campaign, int number) {
        Lane lane = new Lane(campaign, number);
        lane.thread.start();
        return lane;
    }

    /** Waits until it has come to its end, or for ever so long in one round. */
    void join() throws InterruptedException {
        while (thread.isAlive()) {
            thread.join(TimeUnit.SECONDS.toMillis(1));
            if (thread.isAlive() && System.nanoTime() - begunNs > LONGEST_ROUND_NS) {
                campaign.stuck(seed, text, Watch.dump(world.name()));
                world.close();
                return;
            }
        }
    }

    private void run() {
        try {
            for (long next = campaign.nextSeed(); !campaign.isOver(); next = campaign.nextSeed()) {
                play(next);
            }
        } catch (Throwable t) {
            campaign.brokeOff(t);
        } finally {
            world.close();
        }
    }

    private void play(long next) {
        begunNs = System.nanoTime();
        seed = next;
        text = "";
        Findings findings = new Findings();
        Watch watch = new Watch(findings, world.name());
        String name = world.name() + "-pool-" + number;
        boolean endsSystem = true;
        try {
            switch (new SplittableRandom(~seed).nextInt(12)) {
                case 0 -> {
                    StartRace race = new StartRace(world, seed, name, findings, watch);
                    text = race.text();
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
            findings.add("the round itself fails", Campaign.trace(e));
        }
        Thread.interrupted(); // by an error of a job that this thread has run for a full pool
        boolean failed = !findings.isEmpty();
        campaign.played(seed, findings, watch, text);
        if (failed || endsSystem || world.isTerminated()) { // a pool that hangs would be in the way
            world.close();
            world = new World();
        }
    }
}
