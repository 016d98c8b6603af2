package dev.workpool.cluster.internal.membership;

import akka.actor.Address;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knocks at the ports of nodes that are unreachable. A machine that answers that nobody listens there says that the process has
 * ended: one that is stopped, or is cut off, gives no answer or accepts. Who has been refused at each knock for a time is
 * taken out. A node whose machine is gone as well gives no answer, and stays.
 *
 * <p>Each node does so for itself; several may find out the same.
 */
final class DeadNodeWatch extends AbstractBehavior<DeadNodeWatch.Command> {
    private static final Logger log = LoggerFactory.getLogger(DeadNodeWatch.class);

    /** So many knocks at least have to be refused. */
    private static final int KNOCKS = 5;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int CONNECT_MS = 2_000;

    /** What it is told. */
    sealed interface Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private record Knocked(UniqueAddress node, boolean isRefused) implements Command {}

    private final Cluster cluster;
    private final Executor blocking;
    private final long leaveAfterNs;

    /** Nodes that were refused at each knock, and since when. */
    private final Map<UniqueAddress, Long> refusedSinceNs = new HashMap<>();

    /** Nodes whose answer has not come. */
    private final Set<UniqueAddress> asked = new HashSet<>();

    private DeadNodeWatch(ActorContext<Command> context, TimerScheduler<Command> timers, Duration leaveAfter) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
        this.leaveAfterNs = leaveAfter.toNanos();
        Duration pause = leaveAfter.dividedBy(KNOCKS);
        timers.startTimerWithFixedDelay(Look.INSTANCE, pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    }

    static Behavior<Command> create(Duration leaveAfter) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new DeadNodeWatch(context, timers, leaveAfter)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Look.INSTANCE, this::look)
                .onMessage(Knocked.class, this::onKnocked)
                .build();
    }

    private Behavior<Command> look() {
        Set<UniqueAddress> unreachable = unreachable();
        refusedSinceNs.keySet().retainAll(unreachable);
        unreachable.stream().filter(asked::add).forEach(this::knock);
        return this;
    }

    private Set<UniqueAddress> unreachable() {
        Set<UniqueAddress> unreachable = new HashSet<>();
        for (Member member : cluster.state().getUnreachable()) {
            unreachable.add(member.uniqueAddress());
        }
        return unreachable;
    }

    private void knock(UniqueAddress node) {
        CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> isRefused(node.address()), blocking);
        getContext().pipeToSelf(answer, (isRefused, failure) -> new Knocked(node, failure == null && isRefused));
    }

    /** By the machine that the node is on. */
    private static boolean isRefused(Address node) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(node.getHost().get(), node.getPort().get()), CONNECT_MS);
            return false;
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("refused"); // others of this kind come from in between
        } catch (IOException e) {
            return false;
        }
    }

    private Behavior<Command> onKnocked(Knocked knocked) {
        asked.remove(knocked.node());
        // It may be reachable again, or another has started at its address, which the next knock would reach.
        if (!knocked.isRefused() || !unreachable().contains(knocked.node())) {
            refusedSinceNs.remove(knocked.node());
            return this;
        }
        long nowNs = System.nanoTime();
        long sinceNs = refusedSinceNs.computeIfAbsent(knocked.node(), node -> nowNs);
        if (nowNs - sinceNs >= leaveAfterNs) {
            refusedSinceNs.remove(knocked.node());
            log.info(
                    "Node {} leaves the cluster: it is unreachable, and for {} s its machine has said that nobody listens at its port",
                    knocked.node().address(),
                    (nowNs - sinceNs) / 1_000_000_000);
            cluster.manager().tell(new Down(knocked.node().address()));
        }
        return this;
    }
}
