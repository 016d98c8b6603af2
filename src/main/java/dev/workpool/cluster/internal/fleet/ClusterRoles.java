package dev.workpool.cluster.internal.fleet;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import java.util.Optional;

/** The nodes of a cluster, as Akka knows them. Thread-safe. */
final class ClusterRoles implements NodeRoles {
    private final Cluster cluster;
    private final boolean isEncrypted;
    private final Optional<String> role;

    ClusterRoles(ActorSystem<?> system, Optional<String> role) {
        this.cluster = Cluster.get(system);
        this.isEncrypted = system.settings()
                .config()
                .getString("akka.remote.artery.transport")
                .equals("tls-tcp");
        this.role = role;
    }

    @Override
    public Address addressOf(Address actors) {
        return actors.hasLocalScope() ? cluster.selfMember().address() : actors;
    }

    @Override
    public int members() {
        return cluster.state().members().size();
    }

    /** Of a handshake that fails nobody else hears: Artery tries again, and Akka's log says it at a level that many turn off. */
    @Override
    public String hint() {
        return NodeRoles.super.hint()
                + (isEncrypted
                        ? ", and at the certificates: a TLS handshake that fails is told at the level WARN of akka.stream.Materializer"
                        : "");
    }

    @Override
    public boolean has(Address node) {
        if (role.isEmpty()) {
            return true;
        }
        for (Member member : cluster.state().getMembers()) {
            if (member.address().equals(node)) {
                return member.hasRole(role.get());
            }
        }
        return false;
    }
}
