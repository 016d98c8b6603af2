package dev.workpool.durable.internal.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides the concurrency of a queue among those who work on it: equally among those who want some. What cannot be
 * divided goes round among them. Pure.
 */
public final class Sharing {
    private Sharing() {}

    /**
     * Somebody who works on the queue.
     *
     * @param share how many jobs it may be running
     * @param wants how many it could run
     */
    public record Claimant(String owner, int share, int wants) {}

    /**
     * What somebody is given.
     *
     * @param share what it counts for from now on: as many as it may be running, until fewer run
     * @param allowed up to how many it may begin jobs
     * @param isWaiting whether it is to get more, once others have let go of it
     */
    public record Given(int share, int allowed, boolean isWaiting) {}

    /**
     * Gives somebody a part, so that all shares together never grow beyond the limit.
     *
     * @param mine its share is how many jobs it may be running now
     * @param others those whose time has not run out
     * @param turn counts up now and then
     */
    public static Given give(int limit, Claimant mine, List<Claimant> others, long turn) {
        List<Claimant> all = new ArrayList<>(others);
        all.add(mine);
        Map<String, Integer> fair = fair(limit, all, turn);
        long taken = 0;
        long needed = 0;
        for (Claimant each : others) {
            taken += each.share();
            needed += Math.max(each.share(), fair.get(each.owner()));
        }
        int unneeded = (int) Math.max(0, Math.min(mine.share(), limit - needed));
        int target = Math.max(fair.get(mine.owner()), unneeded);
        int allowed =
                (int) Math.min(target, Math.max(0, limit - taken)); // also of what it is used to: others may have it
        return new Given(Math.max(mine.share(), allowed), allowed, allowed < target);
    }

    private static Map<String, Integer> fair(int limit, List<Claimant> all, long turn) {
        Map<String, Integer> fair = new HashMap<>();
        all.forEach(each -> fair.put(each.owner(), 0));
        List<Claimant> open = new ArrayList<>(all);
        open.sort(Comparator.comparing(Claimant::owner));
        open.removeIf(each -> each.wants() <= 0);
        int left = limit;
        while (left > 0 && !open.isEmpty()) {
            int each = left / open.size();
            if (each == 0) {
                for (int i = 0; i < left; i++) {
                    fair.merge(
                            open.get((int) Math.floorMod(turn + i, (long) open.size()))
                                    .owner(),
                            1,
                            Integer::sum);
                }
                break;
            }
            for (Claimant one : open) {
                int more = Math.min(each, one.wants() - fair.get(one.owner()));
                fair.merge(one.owner(), more, Integer::sum);
                left -= more;
            }
            open.removeIf(one -> fair.get(one.owner()) >= one.wants());
        }
        return fair;
    }
}
