package dev.workpool.bench.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.delivery.WorkPullingProducerController;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Jobs by Akka's work pulling, as its documentation has it: each worker is a consumer, and tells the producer its result. */
final class WorkPulling {
    private static final ServiceKey<ConsumerController.Command<byte[]>> WORKERS =
            ServiceKey.create(ConsumerController.serviceKeyClass(), "pulling-workers");

    private static final ServiceKey<byte[]> RESULTS = ServiceKey.create(byte[].class, "pulling-results");

    private WorkPulling() {}

    // Where jobs run

    /** Starts as many workers, which wait for as long as a job says. */
    static Behavior<Void> workers(int count) {
        return Behaviors.setup(context -> {
            for (int i = 0; i < count; i++) {
                context.spawn(Behaviors.setup(Worker::new), "worker-" + i, DispatcherSelector.blocking());
            }
            return Behaviors.empty();
        });
    }

    private static final class Worker extends AbstractBehavior<Object> {
        private final List<ActorRef<byte[]>> results = new ArrayList<>();

        private Worker(ActorContext<Object> context) {
            super(context);
            ActorRef<ConsumerController.Command<byte[]>> controller = context.spawn(
                    ConsumerController.create(WORKERS), "controller", DispatcherSelector.defaultDispatcher());
            controller.tell(new ConsumerController.Start<>(context.getSelf().narrow()));
            context.getSystem()
                    .receptionist()
                    .tell(Receptionist.subscribe(RESULTS, context.getSelf().narrow()));
        }

        @Override
        public Receive<Object> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Receptionist.Listing.class, this::onListing)
                    .onMessage(ConsumerController.Delivery.class, this::onDelivery)
                    .build();
        }

        private Behavior<Object> onListing(Receptionist.Listing listing) {
            results.clear();
            results.addAll(listing.getServiceInstances(RESULTS));
            return this;
        }

        private Behavior<Object> onDelivery(ConsumerController.Delivery<?> delivery) throws InterruptedException {
            byte[] result = WorkNode.await((byte[]) delivery.message());
            results.forEach(each -> each.tell(result));
            delivery.confirmTo().tell(ConsumerController.confirmed());
            return this;
        }
    }

    // Where they are submitted

    /** Has a number of jobs that are alike run, one list of them at a time. */
    record Run(int count, byte[] job, CompletableFuture<Void> done) {}

    /** Asks how many workers there are. */
    record AskWorkers(CompletableFuture<Integer> answer) {}

    static Behavior<Object> producer() {
        return Behaviors.setup(Producer::new);
    }

    private static final class Producer extends AbstractBehavior<Object> {
        private final ActorRef<WorkPullingProducerController.Command<byte[]>> controller;
        private ActorRef<byte[]> next;
        private Run run = new Run(0, new byte[0], new CompletableFuture<>());
        private int left;
        private int missing;
        private CompletableFuture<Integer> asked = new CompletableFuture<>();

        private Producer(ActorContext<Object> context) {
            super(context);
            controller = context.spawn(
                    WorkPullingProducerController.create(byte[].class, "jobs", WORKERS, Optional.empty()),
                    "controller");
            controller.tell(
                    new WorkPullingProducerController.Start<>(context.getSelf().narrow()));
            context.getSystem()
                    .receptionist()
                    .tell(Receptionist.register(RESULTS, context.getSelf().narrow()));
        }

        @Override
        public Receive<Object> createReceive() {
            return newReceiveBuilder()
                    .onMessage(WorkPullingProducerController.RequestNext.class, this::onRequestNext)
                    .onMessage(byte[].class, result -> onResult())
                    .onMessage(Run.class, this::onRun)
                    .onMessage(AskWorkers.class, this::onAskWorkers)
                    .onMessage(WorkPullingProducerController.WorkerStats.class, this::onWorkers)
                    .build();
        }

        @SuppressWarnings("unchecked") // the controller has no other jobs
        private Behavior<Object> onRequestNext(WorkPullingProducerController.RequestNext<?> request) {
            next = ((WorkPullingProducerController.RequestNext<byte[]>) request).sendNextTo();
            return send();
        }

        private Behavior<Object> onRun(Run toRun) {
            run = toRun;
            left = run.count;
            missing = run.count;
            return send();
        }

        private Behavior<Object> send() {
            if (next != null && left > 0) {
                left--;
                next.tell(run.job);
                next = null;
            }
            return this;
        }

        private Behavior<Object> onResult() {
            if (--missing == 0) {
                run.done.complete(null);
            }
            return this;
        }

        private Behavior<Object> onAskWorkers(AskWorkers ask) {
            asked = ask.answer;
            controller.tell(new WorkPullingProducerController.GetWorkerStats<>(
                    getContext().getSelf().narrow()));
            return this;
        }

        private Behavior<Object> onWorkers(WorkPullingProducerController.WorkerStats stats) {
            asked.complete(stats.numberOfWorkers());
            return this;
        }
    }
}
