package dev.workpool.cluster.internal.fleet;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.ClusterSettings;

/** Sessions without a fleet. */
final class Sessions {
    private Sessions() {}

    static ClusterSettings settings() {
        return ClusterSettings.create(ConfigFactory.load(), "pool");
    }

    /** A node that has no session. */
    static NodeSession<String, String> node(String address, boolean isLocal) {
        return new NodeSession<>(TestInbox.<WireMessage>create().getRef(), address, isLocal);
    }

    /** Its station has opened a session. */
    static void open(NodeSession<String, String> node) {
        JobSender<String, String> sender = new JobSender<>(
                new FrameSender(node.id, TestInbox.<WireMessage>create().getRef(), 4_096, 65_536),
                JobCodec.strings(),
                1_000,
                "max-job-bytes",
                Runnable::run,
                () -> 0,
                (job, reason) -> {});
        node.opened(
                sender,
                new OutcomeReader<>(JobCodec.strings(), 1, node.address, Runnable::run),
                new FrameReceiver(65_536, 1 << 20),
                0);
    }

    /** A node that works, with so many workers, and room for so many jobs. */
    static NodeSession<String, String> working(long id, int workers, long room, boolean isLocal) {
        NodeSession<String, String> node = node("node-" + id, isLocal);
        node.begin(id, Integer.MAX_VALUE, 0);
        open(node);
        node.workers = workers;
        node.upTo = room;
        return node;
    }
}
