package dev.workpool.cluster.internal.station;

import akka.Done;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.worker.Runner;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What a station is made of.
 *
 * @param settings of its workers
 * @param cluster of its sessions
 * @param jobCodec decodes jobs
 * @param resultCodec encodes results
 * @param runners make what the workers run jobs with
 * @param callbacks runs what may block
 * @param clock nanoseconds
 * @param gauges what can be read of it
 * @param events tell what happens
 * @param intake bounds what it takes in
 * @param onEnd told on the actor's thread when it has ended
 */
public record StationParts(
        WorkerPoolSettings settings,
        ClusterSettings cluster,
        SteadyCodec<?> jobCodec,
        SteadyCodec<?> resultCodec,
        Runner.Factory<EncodedJob, byte[]> runners,
        Executor callbacks,
        LongSupplier clock,
        PoolGauges gauges,
        PoolEvents events,
        Intake intake,
        Consumer<Done> onEnd) {

    Encoding jobs() {
        return jobCodec.encoding();
    }

    Encoding results() {
        return resultCodec.encoding();
    }
}
