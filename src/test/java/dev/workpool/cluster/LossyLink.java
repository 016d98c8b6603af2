package dev.workpool.cluster;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireSerializer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The way between one node and all others, as a network is: messages travel as bytes, in order to each actor, some late and
 * some not at all. Every actor that a message names is reached by it, too. Of one thread.
 */
final class LossyLink {
    private enum Deliver {
        DELIVER
    }

    private enum Stop {
        STOP
    }

    private record Bytes(byte[] bytes, String manifest, long dueNs) {}

    private final ActorSystem<?> system;
    private final WireSerializer serializer;
    private final SplittableRandom random;
    private final Supplier<Duration> clock;
    private final Map<ActorRef<WireMessage>, ActorRef<Object>> ways = new HashMap<>();

    /** What becomes of a message to the node, and to others: the chance in a thousand that it is lost. */
    private int lostThere;

    private int lostBack;
    private Duration mostDelay = Duration.ZERO;
    private ActorRef<WireMessage> node;

    LossyLink(ActorSystem<?> system, SplittableRandom random, Supplier<Duration> clock) {
        this.system = system;
        this.serializer = new WireSerializer((ExtendedActorSystem) Adapter.toClassic(system));
        this.random = random;
        this.clock = clock;
    }

    /** What others take for the actor of the node. */
    ActorRef<WireMessage> to(ActorRef<WireMessage> station) {
        node = station;
        return way(station, true).narrow();
    }

    /** From now on so many of a thousand messages are lost, and the others are late. */
    void disturb(int there, int back, Duration delay) {
        lostThere = there;
        lostBack = back;
        mostDelay = delay;
    }

    void heal() {
        disturb(0, 0, Duration.ZERO);
    }

    /** The node is no longer known to be there. */
    void forget() {
        ways.get(node).tell(Stop.STOP);
    }

    private ActorRef<Object> way(ActorRef<WireMessage> target, boolean there) {
        return ways.computeIfAbsent(
                target,
                to -> system.systemActorOf(
                        Behaviors.setup((ActorContext<Object> context) -> new Way(context, to, there)),
                        "way-" + Math.abs(random.nextLong()),
                        Props.empty()));
    }

    private WireMessage read(Bytes bytes) {
        Object message = serializer.fromBinary(bytes.bytes, bytes.manifest);
        if (message instanceof WireMessage.Open open) {
            return new WireMessage.Open(
                    open.version(),
                    open.oldest(),
                    open.session(),
                    open.pool(),
                    way(open.fleet(), false).narrow(),
                    way(open.frames(), false).narrow(),
                    open.jobs(),
                    open.results(),
                    open.leaseNs(),
                    open.renewalNs(),
                    open.limit(),
                    open.intake());
        } else if (message instanceof WireMessage.Opened opened) {
            return new WireMessage.Opened(
                    opened.session(), way(opened.frames(), true).narrow(), opened.results(), opened.intake());
        }
        return (WireMessage) message;
    }

    private final class Way extends AbstractBehavior<Object> {
        private final ActorRef<WireMessage> target;
        private final boolean there;
        private final Queue<Bytes> late = new ArrayDeque<>();
        private long lastNs;

        private Way(ActorContext<Object> context, ActorRef<WireMessage> target, boolean there) {
            super(context);
            this.target = target;
            this.there = there;
        }

        @Override
        public Receive<Object> createReceive() {
            return newReceiveBuilder()
                    .onMessage(WireMessage.class, this::onMessage)
                    .onMessage(Deliver.class, deliver -> onDeliver())
                    .onMessage(Stop.class, stop -> Behaviors.stopped())
                    .build();
        }

        private Behavior<Object> onMessage(WireMessage message) {
            if (random.nextInt(1_000) < (there ? lostThere : lostBack)) {
                return this;
            }
            long nowNs = clock.get().toNanos();
            long delayNs = mostDelay.isZero() ? 0 : random.nextLong(mostDelay.toNanos());
            lastNs = Math.max(lastNs, nowNs + delayNs);
            late.add(new Bytes(serializer.toBinary(message), serializer.manifest(message), lastNs));
            if (lastNs <= nowNs) {
                return onDeliver();
            }
            getContext()
                    .scheduleOnce(Duration.ofNanos(lastNs - nowNs), getContext().getSelf(), Deliver.DELIVER);
            return this;
        }

        private Behavior<Object> onDeliver() {
            long nowNs = clock.get().toNanos();
            while (!late.isEmpty() && late.peek().dueNs <= nowNs) {
                target.tell(read(late.remove()));
            }
            return this;
        }
    }
}
