package dev.workpool.cluster;

import static org.awaitility.Awaitility.await;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import dev.workpool.cluster.NodeDiary.Entry;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Processes that work for the pools of a node of this JVM, and what they have written down. Used by the thread of the test alone. */
final class WorkingNodes implements AutoCloseable {
    /** So many faults in so little time are no reason to take all nodes out. */
    static final String SETTINGS = "akka.cluster.split-brain-resolver.down-all-when-unstable = off\n";

    private final ActorSystem<?> first;
    private final Path directory;
    private final List<Member> all = new CopyOnWriteArrayList<>();

    WorkingNodes(ActorSystem<?> first, Path directory) {
        this.first = first;
        this.directory = directory;
    }

    /** One of them. */
    final class Member {
        private final ChildJvm jvm;
        private final NodeDiary diary = new NodeDiary(directory.resolve(all.size() + ".txt"));

        private Member(String settings, String... options) {
            this.jvm = ChildJvm.start(
                    List.of(options),
                    WorkingNode.class,
                    Cluster.get(first).selfMember().address().toString(),
                    diary.path(),
                    SETTINGS + settings);
        }

        ChildJvm jvm() {
            return jvm;
        }

        private boolean isDowned;

        private boolean hasJoined() {
            return jvm.lines().stream().anyMatch(line -> line.contains("working at "));
        }

        Address address() {
            return AddressFromURIString.parse(jvm.awaitLine("working at ").substring("working at ".length()));
        }

        NodeDiary diary() {
            return diary;
        }

        List<Entry> entries(String what) {
            return diary.entries(what);
        }

        /** Kills it, and has another take its place. */
        void lose() {
            jvm.kill();
            start();
        }

        @Override
        public String toString() {
            return diary.toString();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Others reach a node through a network. */
    static String behind(CuttableProxy network) {
        return "akka.remote.artery { canonical.port = %d, bind.port = %d, bind.hostname = \"127.0.0.1\" }"
                .formatted(network.port(), network.target());
    }

    Member start() {
        return start("");
    }

    /** With settings of Akka's and the pool's, and options of the JVM. */
    Member start(String settings, String... options) {
        Member process = new Member(settings, options);
        all.add(process);
        return process;
    }

    /** Tells the cluster of those that are no more, of which it would take long to be sure. */
    void downEnded() {
        all.stream()
                .filter(each -> !each.jvm.isAlive() && each.hasJoined() && !each.isDowned)
                .forEach(each -> {
                    each.isDowned = true;
                    Cluster.get(first).manager().tell(new Down(each.address()));
                });
    }

    List<Member> alive() {
        return all.stream().filter(each -> each.jvm.isAlive()).toList();
    }

    /** What handlers of all that are and were have done. */
    List<Entry> entries(String what) {
        List<Entry> entries = new ArrayList<>();
        all.forEach(each -> entries.addAll(each.entries(what)));
        return entries;
    }

    List<NodeDiary> diaries() {
        return all.stream().map(Member::diary).toList();
    }

    /** What they have logged. */
    List<String> lines() {
        return all.stream().flatMap(each -> each.jvm.lines().stream()).toList();
    }

    void awaitMembers() {
        await().atMost(PoolTest.LONG).until(() -> alive().stream().allMatch(each -> each.address() != null));
    }

    @Override
    public void close() {
        all.forEach(each -> each.jvm.close());
    }
}
