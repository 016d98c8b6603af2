package dev.workpool.cli.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import akka.remote.RemoteTransportException;
import dev.workpool.cli.options.NodeAddress;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** This process as a node of a cluster, which listens, and joins others. Thread-safe. */
public final class Node implements AutoCloseable {
    /** The role of nodes that submit jobs. */
    static final String RUN = "run";

    /** The role of nodes that do them. */
    static final String WORKER = "worker";

    /** All nodes have it in their addresses. */
    private static final String SYSTEM = "workpool";

    /** How long it takes to tell the others that this node leaves, at most. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ActorSystem<Void> system;
    private final Cluster cluster;

    private Node(ActorSystem<Void> system) {
        this.system = system;
        this.cluster = Cluster.get(system);
    }

    /** A node that submits jobs and listens at an address; empty if another process does, or if it is not this machine's. */
    static Optional<Node> ofRun(NodeAddress address) {
        return listening(address, RUN);
    }

    /** A node that does jobs and listens at an address; empty if another process does, or if it is not this machine's. */
    public static Optional<Node> ofWorker(NodeAddress address) {
        return listening(address, WORKER);
    }

    private static Optional<Node> listening(NodeAddress address, String role) {
        try {
            return Optional.of(new Node(ActorSystem.create(Behaviors.empty(), SYSTEM, NodeConfig.of(address, role))));
        } catch (RemoteTransportException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    return Optional.empty();
                }
            }
            throw e;
        }
    }

    public ActorSystem<Void> system() {
        return system;
    }

    Cluster cluster() {
        return cluster;
    }

    /** Joins the node at an address, as soon as there is one. Where it is this node itself, that is the first of a cluster. */
    public void join(NodeAddress meeting) {
        cluster.manager().tell(new JoinSeedNodes(List.of(addressAt(meeting))));
    }

    static Address addressAt(NodeAddress meeting) {
        String host = meeting.host().indexOf(':') < 0 ? meeting.host() : "[" + meeting.host() + "]";
        return new Address("akka", SYSTEM, host, meeting.port());
    }

    /** Whether it has joined. Others find it from then on, if need be before all of them know it. */
    public boolean isMember() {
        return !cluster.selfMember().status().equals(MemberStatus.removed());
    }

    /** Where it listens, as users write it. */
    public String address() {
        return cluster.selfMember().address().hostPort().replaceFirst("^.*@", "");
    }

    /** Waits until it has ended, for as long at most, and returns whether it has. */
    public boolean awaitEnd(Duration time) throws InterruptedException {
        try {
            system.getWhenTerminated().toCompletableFuture().get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Leaves the cluster, and ends with all that runs in it. */
    @Override
    public void close() {
        system.terminate();
        try {
            awaitEnd(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
