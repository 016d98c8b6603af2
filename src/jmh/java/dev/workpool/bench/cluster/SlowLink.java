package dev.workpool.bench.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A network between clients and a port of this machine in which every byte takes its time, in either direction, and any number are under way. Any thread may
 * set the time: it holds for what is sent from then on.
 */
final class SlowLink implements AutoCloseable {
    private static final byte[] END = {};

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile long delayNs;

    private record Sent(byte[] bytes, long dueNs) {}

    /** Listens at a port that is free. Without a delay, at first. */
    SlowLink(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void delay(Duration eachWay) {
        delayNs = eachWay.toNanos();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket();
                sockets.add(client);
                sockets.add(server);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                carry(client, server);
                carry(server, client);
            }
        } catch (IOException e) {
            sockets.forEach(SlowLink::close); // it is closed, or its target is
        }
    }

    private void carry(Socket from, Socket to) {
        BlockingQueue<Sent> underWay = new LinkedBlockingQueue<>();
        daemon(() -> receive(from, underWay));
        daemon(() -> deliver(underWay, to));
    }

    private void receive(Socket from, BlockingQueue<Sent> underWay) {
        byte[] bytes = new byte[65_536];
        try (InputStream in = from.getInputStream()) {
            int count;
            while ((count = in.read(bytes)) >= 0) {
                underWay.add(new Sent(Arrays.copyOf(bytes, count), System.nanoTime() + delayNs));
            }
        } catch (IOException e) {
            // the other end hears of it as of an end
        }
        underWay.add(new Sent(END, System.nanoTime() + delayNs));
    }

    private static void deliver(BlockingQueue<Sent> underWay, Socket to) {
        try (OutputStream out = to.getOutputStream()) {
            for (Sent next = underWay.take(); next.bytes != END; next = underWay.take()) {
                long leftNs;
                while ((leftNs = next.dueNs - System.nanoTime()) > 0) {
                    LockSupport.parkNanos(leftNs);
                }
                out.write(next.bytes);
            }
        } catch (IOException e) {
            close(to);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body, "slow-link");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(SlowLink::close);
    }
}
