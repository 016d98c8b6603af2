package dev.workpool.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network between clients and a port of this machine that fails as told. Any thread may tell it: what the threads that carry bytes share is guarded by its
 * lock.
 */
public final class CuttableProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<InetAddress> hangingFrom = new HashSet<>();
    private boolean hanging;
    private boolean refusing;
    private String lostAnswer;

    /** Listens at a port that is free. */
    public CuttableProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        daemon(this::accept, "proxy");
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The port that it leads to. */
    public int target() {
        return target;
    }

    /** Resets all connections. What is under way is lost. New ones get through. */
    public void cut() {
        List.copyOf(sockets).forEach(CuttableProxy::reset); // who notices may connect anew meanwhile
    }

    /** Connections, old and new, stay open and carry nothing. What is sent arrives when this has healed, unless it is cut before. */
    public synchronized void hang() {
        hanging = true;
    }

    /** As {@link #hang}, for connections from one address alone: a link of one node to another, in one direction. */
    public synchronized void hangFrom(InetAddress client) {
        hangingFrom.add(client);
    }

    /** Resets new connections as soon as they are made. */
    public synchronized void refuse() {
        refusing = true;
    }

    /** Cuts once the target answers with a text, which no client gets to see. */
    public synchronized void loseAnswer(String text) {
        lostAnswer = text;
    }

    /** Whether the answer to lose is yet to come. */
    public synchronized boolean waitsForAnswer() {
        return lostAnswer != null;
    }

    /** Connections that are still open, and new ones, carry everything. */
    public synchronized void heal() {
        hanging = false;
        hangingFrom.clear();
        refusing = false;
        lostAnswer = null;
        notifyAll();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                daemon(() -> connect(client), "proxy-connection");
            }
        } catch (IOException e) {
            cut(); // it is closed
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        sockets.add(server);
        try {
            synchronized (this) {
                if (refusing) {
                    throw new IOException("refused");
                }
            }
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            daemon(() -> carry(server, client, client.getInetAddress(), true), "proxy-answers");
            carry(client, server, client.getInetAddress(), false);
        } catch (IOException e) {
            resetBoth(client, server);
        }
    }

    private void carry(Socket from, Socket to, InetAddress client, boolean answers) {
        byte[] bytes = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count;
            while ((count = in.read(bytes)) >= 0) {
                awaitHealth(client);
                if (answers && isToBeLost(new String(bytes, 0, count, StandardCharsets.ISO_8859_1))) {
                    cut();
                }
                out.write(bytes, 0, count);
            }
            awaitHealth(client);
            to.shutdownOutput();
        } catch (IOException e) {
            resetBoth(from, to);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized boolean isToBeLost(String answer) {
        if (lostAnswer == null || !answer.contains(lostAnswer)) {
            return false;
        }
        lostAnswer = null;
        return true;
    }

    private synchronized void awaitHealth(InetAddress client) throws InterruptedException {
        while (hanging || hangingFrom.contains(client)) {
            wait();
        }
    }

    private void resetBoth(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            reset(socket);
            sockets.remove(socket);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // so that closing it is a reset
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    private static void daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        heal();
        cut();
    }
}
