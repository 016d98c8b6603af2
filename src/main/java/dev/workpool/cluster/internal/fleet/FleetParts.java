package dev.workpool.cluster.internal.fleet;

import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.ServiceKey;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.router.Router;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * What a fleet is made of.
 *
 * @param settings of its pool
 * @param cluster of its sessions
 * @param jobCodec encodes jobs
 * @param resultCodec decodes results
 * @param stations what to look for
 * @param roles which nodes may work
 * @param dispatcher gets its events
 * @param callbacks runs users' code
 * @param clock nanoseconds
 * @param gauges what can be read of it
 * @param events tell what happens
 * @param intake bounds what comes from its nodes
 * @param nodes is told what its nodes are at, and why none works if that is so; thread-safe
 */
public record FleetParts<J, R>(
        WorkerPoolSettings settings,
        ClusterSettings cluster,
        SteadyCodec<J> jobCodec,
        SteadyCodec<R> resultCodec,
        ServiceKey<WireMessage> stations,
        NodeRoles roles,
        ActorRef<Router.Event> dispatcher,
        Executor callbacks,
        LongSupplier clock,
        PublishedNumbers<OfRouter> gauges,
        PoolEvents events,
        Intake intake,
        BiConsumer<List<ClusterNode>, Optional<String>> nodes) {

    Encoding jobs() {
        return jobCodec.encoding();
    }

    Encoding results() {
        return resultCodec.encoding();
    }
}
