package dev.workpool.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the handler does with one job, in each of its attempts. */
final class Plan {
    /** What a handler can do before it ends. */
    enum Act {
        SPIN(null),
        NAP(null),
        ALLOCATE(null),
        LISTEN(null),
        HANG(Trait.HANGS),
        IGNORE_FOR_A_WHILE(Trait.STUBBORN),
        IGNORE(Trait.STUBBORN),
        CANCEL_OWN(Trait.CANCELS),
        CANCEL_ANOTHER(Trait.CANCELS),
        CLOSE_OWN_POOL(Trait.ENDS_INSIDE),
        DRAIN_OWN_POOL(Trait.ENDS_INSIDE),
        ABORT_OWN_POOL(Trait.ENDS_INSIDE),
        RESIZE(Trait.TUNES),
        PAUSE(Trait.TUNES),
        LIMIT(Trait.TUNES),
        SLOW_DOWN(Trait.TUNES),
        NEST(Trait.NESTS),
        NEST_BATCH(Trait.NESTS),
        NEST_DEEP(Trait.DEEP),
        WAIT_FOR_OWN_POOL(Trait.WAITS),
        /** Waits until as many as are to run at a time do so. Never by chance. */
        MEET(null),
        /** Always the last act. */
        INTERRUPT_SELF(Trait.SELF_INTERRUPTS);

        private final Trait trait;

        Act(Trait trait) {
            this.trait = trait;
        }

        boolean isIn(Scenario scenario) {
            return (trait == null || scenario.has(trait)) && isAllowed(scenario);
        }

        private boolean isAllowed(Scenario scenario) {
            return switch (this) {
                // Nobody would be left to make room.
                case PAUSE, IGNORE -> !scenario.blocks();
                case CLOSE_OWN_POOL, WAIT_FOR_OWN_POOL -> !scenario.kind.isAsync() && !scenario.kind.isActor();
                case MEET -> false;
                case NEST, NEST_BATCH, NEST_DEEP -> !scenario.kind.isActor();
                default -> true;
            };
        }
    }

    /** How an asynchronous handler gives its stage. */
    enum Style {
        AT_ONCE,
        ELSEWHERE,
        MINIMAL,
        NEAR_THE_END_OF_A_STACK,
        THROWS,
        OBTRUDES,
        DEAF,
        NO_STAGE
    }

    private static final int MOST_FAILURES = 3;
    private static final Act[] ACTS = Act.values();

    final List<Act> acts;
    final Style style;

    /** How many attempts fail before one ends as it is to; by an error that is mostly retried. */
    final int failures;

    /** What the last attempt throws, of {@link Throwables}; -1 for a result. */
    final int thrown;

    final boolean isNull;
    final long seed;

    Plan(long seed, Scenario scenario) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        boolean plain = random.nextInt(1000) >= scenario.hostility;
        acts = plain ? List.of() : acts(random, scenario);
        style = style(plain, random, scenario);
        failures = random.nextInt(plain ? 100 : 4) == 0 ? random.nextInt(MOST_FAILURES + 1) : 0;
        boolean fails = random.nextInt(plain ? 100 : 4) == 0;
        thrown = fails ? random.nextInt(scenario.has(Trait.BAD_THROWABLES) ? Throwables.KINDS : 2) : -1;
        isNull = random.nextInt(20) == 0;
    }

    private Plan(long seed, List<Act> acts) {
        this.seed = seed;
        this.acts = acts;
        this.style = acts.isEmpty() ? Style.AT_ONCE : Style.ELSEWHERE;
        this.failures = 0;
        this.thrown = -1;
        this.isNull = false;
    }

    /** Does one thing, and gives a result. */
    static Plan only(long seed, Act... acts) {
        return new Plan(seed, List.of(acts));
    }

    private static Style style(boolean plain, SplittableRandom random, Scenario scenario) {
        if (plain) {
            return random.nextInt(5) == 0 ? Style.ELSEWHERE : Style.AT_ONCE;
        }
        Style style = Style.values()[random.nextInt(Style.values().length)];
        boolean allowed = switch (style) {
            case NEAR_THE_END_OF_A_STACK -> scenario.has(Trait.DEEP);
            case DEAF -> scenario.has(Trait.STUBBORN);
            case NO_STAGE -> random.nextInt(4) == 0;
            default -> true;
        };
        return allowed ? style : Style.ELSEWHERE;
    }

    private static List<Act> acts(SplittableRandom random, Scenario scenario) {
        List<Act> possible = new ArrayList<>();
        for (Act act : ACTS) {
            if (act.isIn(scenario)) {
                possible.add(act);
            }
        }
        List<Act> chosen = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Act act = possible.get(random.nextInt(possible.size()));
            boolean ends = act == Act.ABORT_OWN_POOL || act == Act.DRAIN_OWN_POOL || act == Act.PAUSE;
            if (!ends || random.nextInt(40) == 0) { // else there would be few rounds in which anything runs
                chosen.add(act);
            }
        }
        if (chosen.remove(Act.INTERRUPT_SELF)) {
            chosen.remove(Act.INTERRUPT_SELF);
            chosen.add(Act.INTERRUPT_SELF);
        }
        return chosen;
    }

    @Override
    public String toString() {
        return acts + " " + style + (failures > 0 ? " fails " + failures + " times" : "")
                + (thrown >= 0 ? " throws " + thrown : isNull ? " null" : "");
    }
}
