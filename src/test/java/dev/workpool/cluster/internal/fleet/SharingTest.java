package dev.workpool.cluster.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cluster.internal.fleet.Sharing.Share;
import dev.workpool.cluster.job.ClusterNode.State;
import dev.workpool.internal.slice.Slices;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Nodes get what they have room for, those first that would be idle first. */
class SharingTest {
    private int next;

    private NodeSession<String, String> node(int workers, long room, double costNs, int out) {
        NodeSession<String, String> node = Sessions.working(++next, workers, room, false);
        node.costNs = costNs;
        give(node, out);
        return node;
    }

    private void give(NodeSession<String, String> node, int jobs) {
        if (jobs > 0) {
            node.out.add(Slices.slice(1, next, jobs));
            node.granted += jobs;
            node.upTo = Math.max(node.upTo, node.granted);
            next += jobs;
        }
    }

    @Property(tries = 300)
    void allThatThereIsRoomForIsSharedAndNoMore(@ForAll long seed) {
        Random random = new Random(seed);
        List<NodeSession<String, String>> nodes = new ArrayList<>();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            double cost = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(10_000_000);
            nodes.add(node(1 + random.nextInt(8), random.nextInt(200), cost, random.nextInt(50)));
            if (random.nextInt(5) == 0) {
                nodes.get(nodes.size() - 1).state = State.LEAVING;
            }
        }
        long room = nodes.stream().mapToLong(NodeSession::room).sum();
        long jobs = random.nextInt(500);
        long left = jobs;
        Share<String, String> share;
        while (left > 0 && (share = Sharing.next(nodes, left)) != null) {
            assertThat(share.jobs()).isBetween(1L, share.session().room());
            long given = Math.min(left, share.jobs());
            give(share.session(), (int) given);
            left -= given;
        }
        assertThat(jobs - left).isEqualTo(Math.min(jobs, room));
    }

    @Test
    void nodesThatAreAlikeGetAlike() {
        List<NodeSession<String, String>> nodes =
                List.of(node(2, 100, 1e9, 0), node(2, 100, 1e9, 0), node(4, 100, 1e9, 0));
        shareAll(nodes, 80);
        assertThat(nodes).extracting(node -> node.out.jobs()).containsExactly(20L, 20L, 40L);
    }

    @Test
    void whoHasLessGetsMore() {
        List<NodeSession<String, String>> nodes = List.of(node(1, 100, 1e9, 30), node(1, 100, 1e9, 10));
        shareAll(nodes, 30);
        assertThat(nodes).extracting(node -> node.out.jobs()).containsExactly(35L, 35L);
    }

    @Test
    void whatIsAtANodeThatMayRunNothingIsTakenHoweverLittleItIs() {
        NodeSession<String, String> none = node(2, 0, 1_000, 1);
        none.limit = 0;
        Share<String, String> taken = Sharing.taken(List.of(node(2, 10, 1_000, 0), none), 0);
        assertThat(taken).isEqualTo(new Share<>(none, 1));
    }

    @Test
    void whatShouldHaveBeenOverLongAgoIsTaken() {
        NodeSession<String, String> stuck = node(1, 0, 1_000, 2);
        List<NodeSession<String, String>> nodes = List.of(node(1, 10, 1_000, 0), stuck);
        assertThat(Sharing.taken(nodes, 1_000_000)).isNull();
        assertThat(Sharing.taken(nodes, 1_000_000_000)).isEqualTo(new Share<>(stuck, 1));
    }

    private void shareAll(List<NodeSession<String, String>> nodes, long jobs) {
        for (long left = jobs; left > 0; ) {
            Share<String, String> share = Sharing.next(nodes, left);
            long given = Math.min(left, share.jobs());
            give(share.session(), (int) given);
            left -= given;
        }
    }

    @Test
    void littleWorkStaysOnThisNode() {
        NodeSession<String, String> far = node(8, 100, 1_000, 0);
        NodeSession<String, String> here = Sessions.working(++next, 1, 100, true);
        assertThat(Sharing.next(List.of(far, here), 50).session()).isSameAs(here);
        assertThat(Sharing.next(List.of(far, here), 5_000).session()).isSameAs(far);
    }

    @Test
    void aBusyNodeGivesToAnIdleOneWhatIsWorthIt() {
        NodeSession<String, String> busy = node(1, 0, 1e9, 11);
        NodeSession<String, String> idle = node(1, 10, 1e9, 0);
        Share<String, String> taken = Sharing.taken(List.of(busy, idle), 0);
        assertThat(taken.session()).isSameAs(busy);
        assertThat(taken.jobs()).isEqualTo(5);
        busy.recallNs = 1;
        assertThat(Sharing.taken(List.of(busy, idle), 0)).isNull();
        busy.recallNs = 0;
        busy.recall(5, false);
        assertThat(Sharing.taken(List.of(busy, idle), 0)).isNull();
        busy.recalled();
        busy.costNs = 10_000;
        idle.costNs = 10_000;
        assertThat(Sharing.taken(List.of(busy, idle), 0)).isNull();
        busy.costNs = 1e9;
        idle.costNs = 1e9;
        idle.reachable = false;
        assertThat(Sharing.taken(List.of(busy, idle), 0)).isNull();
    }

    @Test
    void withoutNodesThereIsNothingToShare() {
        assertThat(Sharing.next(List.<NodeSession<String, String>>of(), 5)).isNull();
        assertThat(Sharing.next(List.of(node(1, 0, 0, 0)), 5)).isNull();
        assertThat(Sharing.taken(List.<NodeSession<String, String>>of(), 5)).isNull();
    }
}
