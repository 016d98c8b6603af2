package dev.workpool.cluster;

import static dev.workpool.support.PoolTest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import dev.workpool.support.CapturedLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whoever reaches the port of a node sends what no node can read: the log stays short, and other nodes join. */
class PortFloodTest {
    private static final int CONTROL = 1;
    private static final int ORDINARY = 2;
    private static final int EACH = 100;

    /** Each of these keeps a thread of Akka's busy. */
    private static final int ENDLESS = 10;

    @Test
    void aFloodOfBadFramesWritesALineASecondAndOthersMayJoin() throws IOException {
        try (Nodes nodes = new Nodes();
                CapturedLog akka = CapturedLog.of("akka");
                CapturedLog ours = CapturedLog.of("dev.workpool.cluster.internal.log")) {
            ActorSystem<Void> first = nodes.start();
            int port = Cluster.get(first).selfMember().address().getPort().orElseThrow();
            long beganNs = System.nanoTime();
            for (int i = 0; i < EACH; i++) {
                send(port, CONTROL, 0, 0); // without a header
                send(port, CONTROL, 200, 200); // a message to nobody, which is null
                if (i < ENDLESS) {
                    send(port, ORDINARY, -1 << 24, 200); // which Akka reads again and again, without an end
                }
            }
            await().atMost(LONG).until(() -> leftOut(ours) >= 3 * EACH);
            nodes.start(); // returns when it has joined
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs);
            long lines = akka.messages().stream()
                            .filter(line -> line.contains("Dropping message") || line.contains("Cannot invoke"))
                            .count()
                    + ours.messages().size();
            assertThat(lines).as("lines in %s s", seconds).isBetween(1L, seconds + 2);
        }
    }

    /** How many lines were left out, as the log says. */
    private static long leftOut(CapturedLog log) {
        return log.messages().stream()
                .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                .sum();
    }

    /** As a node connects, with one frame of zeros that need not be as long as it says. */
    private static void send(int port, int stream, int saidLength, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(9 + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("AKKA".getBytes(StandardCharsets.US_ASCII)).put((byte) stream).putInt(saidLength);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes.array());
        }
    }
}
