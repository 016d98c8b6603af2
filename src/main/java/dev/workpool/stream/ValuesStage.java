package dev.workpool.stream;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.InHandler;
import akka.stream.stage.OutHandler;
import dev.workpool.job.Outcome;

/**
 * Takes results out of their outcomes. It is not a {@code map}: a job's error may be an {@code Error} or an {@code
 * InterruptedException}, and one of these thrown in a {@code map} stops the stream's actor instead of the stream.
 */
final class ValuesStage<R> extends GraphStage<FlowShape<Outcome<R>, R>> {
    private final Inlet<Outcome<R>> in = Inlet.create("PoolValues.in");
    private final Outlet<R> out = Outlet.create("PoolValues.out");
    private final FlowShape<Outcome<R>, R> shape = FlowShape.of(in, out);

    @Override
    public FlowShape<Outcome<R>, R> shape() {
        return shape;
    }

    @Override
    public Attributes initialAttributes() {
        return Attributes.name("PoolValues");
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic implements InHandler, OutHandler {
        Logic() {
            super(shape);
            setHandlers(in, out, this);
        }

        @Override
        public void onPush() {
            Outcome<R> outcome = grab(in);
            if (!(outcome instanceof Outcome.Succeeded<R> succeeded)) {
                failStage(outcome.problem().orElseThrow());
            } else if (succeeded.value() == null) {
                failStage(
                        new NullPointerException(
                                "a job has returned null, which a stream cannot carry; take its outcome, without PoolFlow.values()"));
            } else {
                push(out, succeeded.value());
            }
        }

        @Override
        public void onPull() {
            pull(in);
        }
    }
}
