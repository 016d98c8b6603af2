package dev.workpool.cluster;

import static org.awaitility.Awaitility.await;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Processes that work for the pools of a node of this JVM, and what they have written down. Used by the thread of the test alone. */
final class WorkingNodes implements AutoCloseable {
    /** So many faults in so little time are no reason to take all nodes out. */
    static final String SETTINGS = "akka.cluster.split-brain-resolver.down-all-when-unstable = off\n";

    /** What a handler has done, and when. */
    record Entry(Member node, long atMs, String what, long job) {}

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
        private final Path diary = directory.resolve(all.size() + ".txt");

        private Member(String settings) {
            this.jvm = ChildJvm.start(
                    WorkingNode.class,
                    Cluster.get(first).selfMember().address().toString(),
                    diary.toString(),
                    SETTINGS + settings);
        }

        ChildJvm jvm() {
            return jvm;
        }

        Address address() {
            return AddressFromURIString.parse(jvm.awaitLine("working at ").substring("working at ".length()));
        }

        List<Entry> entries(String what) {
            if (!Files.exists(diary)) {
                return List.of();
            }
            try (Stream<String> lines = Files.lines(diary)) {
                return lines.map(line -> line.split(" "))
                        .filter(parts -> parts.length == 3 && parts[1].equals(what)) // the last may be half written
                        .map(parts -> new Entry(this, Long.parseLong(parts[0]), what, Long.parseLong(parts[2])))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Kills it, and has another take its place. */
        void lose() {
            jvm.kill();
            start();
        }

        @Override
        public String toString() {
            return diary.getFileName().toString();
        }
    }

    Member start() {
        return start("");
    }

    Member start(String settings) {
        Member process = new Member(settings);
        all.add(process);
        return process;
    }

    /** Tells the cluster of those that are no more, of which it would take long to be sure. */
    void downEnded() {
        all.stream()
                .filter(each -> !each.jvm.isAlive())
                .forEach(each -> Cluster.get(first).manager().tell(new Down(each.address())));
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
