package dev.workpool.stream;

import akka.japi.Pair;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.GraphStageLogic;
import dev.workpool.Processing;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;

/** A stage that opens a stream of a pool each time it is run. */
final class PoolStage<J, R> extends AbstractGraphStageWithMaterializedValue<FlowShape<J, Outcome<R>>, Processing> {
    private final Inlet<J> in = Inlet.create("PoolFlow.in");
    private final Outlet<Outcome<R>> out = Outlet.create("PoolFlow.out");
    private final FlowShape<J, Outcome<R>> shape = FlowShape.of(in, out);

    private final RunningPool<J, R> pool;
    private final StreamOptions<J> options;

    PoolStage(RunningPool<J, R> pool, StreamOptions<J> options) {
        this.pool = pool;
        this.options = options;
    }

    @Override
    public FlowShape<J, Outcome<R>> shape() {
        return shape;
    }

    @Override
    public Attributes initialAttributes() {
        return Attributes.name("PoolFlow");
    }

    /** Called by the thread that runs the stream, whose contexts go with the jobs. */
    @Override
    public Pair<GraphStageLogic, Processing> createLogicAndMaterializedValuePair(Attributes attributes) {
        FlowSubmission<J, R> submission = new FlowSubmission<>(pool, options);
        return Pair.create(new PoolLogic<>(shape, submission, pool, options), new Processing(submission));
    }
}
