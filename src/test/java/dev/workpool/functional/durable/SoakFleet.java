package dev.workpool.functional.durable;

import dev.workpool.support.ChildJvm;
import dev.workpool.support.CuttableProxy;
import dev.workpool.support.TestPostgres;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.postgresql.ds.PGSimpleDataSource;

/** The processes of the soak, each with a network of its own to the database. Used by the thread of the test alone. */
final class SoakFleet implements AutoCloseable {
    private final PGSimpleDataSource database;
    private final Random random;
    private final List<Member> members = new ArrayList<>();
    private long fenced;
    private long lost;
    private long reaped;
    private int ended;
    private boolean isClosed;

    SoakFleet(PGSimpleDataSource database, int size, Random random) throws IOException {
        this.database = database;
        this.random = random;
        for (int i = 0; i < size; i++) {
            members.add(new Member(i));
        }
    }

    /** A process, and the one that takes its place when it has ended. */
    final class Member {
        final CuttableProxy network;
        private final int number;
        private ChildJvm jvm;
        private boolean isSuspended;

        private Member(int number) throws IOException {
            this.number = number;
            this.network = new CuttableProxy(database.getPortNumbers()[0]);
            start();
        }

        /** The first can always decode everything, so that nothing waits for ever. */
        private void start() {
            int version = number == 0 ? 2 : 1 + random.nextInt(2);
            PGSimpleDataSource through = TestPostgres.through(network.port(), database);
            jvm = ChildJvm.start(SoakWorker.class, through.getUrl(), String.valueOf(version));
        }

        void kill() {
            jvm.kill();
            restartIfEnded();
        }

        void suspend() {
            if (jvm.isAlive()) {
                jvm.suspend();
                isSuspended = true;
            }
        }

        void resume() {
            if (isSuspended && jvm.isAlive()) {
                jvm.resume();
            }
            isSuspended = false;
        }

        private void restartIfEnded() {
            if (!jvm.isAlive()) {
                isSuspended = false;
                ended++;
                count();
                jvm.close();
                start();
            }
        }

        private void count() {
            List<String> lines = jvm.lines();
            for (int i = lines.size() - 1; i >= 0; i--) {
                if (lines.get(i).startsWith("stats ")) {
                    String[] figures = lines.get(i).split(" ", 4);
                    fenced += Long.parseLong(figures[1]);
                    lost += Long.parseLong(figures[2]);
                    reaped += Long.parseLong(figures[3]);
                    return;
                }
            }
        }

        boolean isSuspended() {
            return isSuspended;
        }
    }

    Member any() {
        return members.get(random.nextInt(members.size()));
    }

    List<Member> all() {
        return members;
    }

    /** Starts those anew that have ended, by themselves. */
    void restartEnded() {
        members.forEach(Member::restartIfEnded);
    }

    /** What they have logged, apart from their figures. */
    List<String> log() {
        return members.stream()
                .flatMap(member -> member.jvm.lines().stream())
                .filter(line -> !line.startsWith("stats ") && !line.equals("working"))
                .toList();
    }

    /** Ends all, and counts what they have done. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        for (Member member : members) {
            member.jvm.close();
            member.count();
            member.network.close();
        }
    }

    long fenced() {
        return fenced;
    }

    @Override
    public String toString() {
        return ended + " ends of processes, " + lost + " leases lost, " + reaped + " reaped, " + fenced
                + " stale acknowledgements refused";
    }
}
