package dev.workpool.cluster.internal.fleet;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.receptionist.ServiceKey;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.pool.Workplace;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.router.RouterFactory;
import dev.workpool.internal.worker.Runner;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The nodes of a cluster as the place where the jobs of a pool run. Thread-safe. */
public final class FleetWorkplace<J, R> implements Workplace<J, R> {
    private final ClusterSettings cluster;
    private final SteadyCodec<J> jobCodec;
    private final SteadyCodec<R> resultCodec;

    /** Written by the fleet's thread. */
    private volatile List<ClusterNode> nodes = List.of();

    private volatile Optional<String> whyNobodyWorks = Optional.empty();

    public FleetWorkplace(ClusterSettings cluster, SteadyCodec<J> jobCodec, SteadyCodec<R> resultCodec) {
        this.cluster = cluster;
        this.jobCodec = jobCodec;
        this.resultCodec = resultCodec;
    }

    @Override
    public boolean asksStartChecks() {
        return false;
    }

    /** By which stations of all names are found. */
    public static final ServiceKey<WireMessage> ALL_STATIONS = ServiceKey.create(WireMessage.class, "workpool");

    /** By which stations of a name are found. */
    public static ServiceKey<WireMessage> stations(String name) {
        return ServiceKey.create(WireMessage.class, "workpool:" + name);
    }

    /** The nodes that are known. */
    public List<ClusterNode> nodes() {
        return nodes;
    }

    /** There are no workers in this process but those of its own station. */
    @Override
    public int idleAtFirst(int workers) {
        return 0; // no node has answered yet
    }

    @Override
    public Optional<String> whyNobodyWorks() {
        return whyNobodyWorks;
    }

    @Override
    public Runner.Factory<J, R> runners(Parts<J, R> pool) {
        return (workerIndex, reports) -> {
            throw new UnsupportedOperationException("a pool over a cluster has no workers of its own");
        };
    }

    @Override
    public RouterFactory<R> routers(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            Runner.Factory<J, R> runners,
            Executor callbacks,
            PoolGauges gauges,
            PoolEvents events) {
        NodeRoles roles = NodeRoles.of(system, cluster.role());
        return new RouterFactory<>() {
            @Override
            public Behavior<Router.Command<R>> create(ActorRef<Router.Event> dispatcher) {
                return Fleet.create(new FleetParts<>(
                        settings,
                        cluster,
                        jobCodec,
                        resultCodec,
                        stations(cluster.name()),
                        roles,
                        dispatcher,
                        callbacks,
                        PoolClock.of(system),
                        gauges.router,
                        events,
                        Intake.ofProcess(),
                        (now, why) -> {
                            nodes = now;
                            whyNobodyWorks = why;
                        }));
            }

            @Override
            public int idleAtFirst(int workers) {
                return FleetWorkplace.this.idleAtFirst(workers);
            }
        };
    }
}
