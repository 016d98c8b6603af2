package dev.workpool.durable.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.support.ChildJvm;
import java.nio.file.Path;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may write, whom one waits for, and where a store may be. */
@Timeout(60)
class WriterLockTest {
    private static final Duration WAIT = Duration.ofMillis(200);

    @TempDir
    private Path directory;

    /** Takes the lock, and keeps it. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (WriterLock lock = new WriterLock(Path.of(arguments[0]), "jobs.db", WAIT)) {
                lock.lock();
                System.out.println("has it");
                while (true) {
                    LockSupport.park();
                }
            }
        }
    }

    @Test
    void whoeverWaitsForAProcessThatIsStoppedIsToldWhichAndGetsTheLockWhenItDies() throws Exception {
        Path file = directory.resolve("jobs.db.writer");
        try (WriterLock lock = new WriterLock(file, "jobs.db", WAIT);
                ChildJvm child = ChildJvm.start(Holder.class, file.toString())) {
            child.awaitLine("has it");
            child.suspend();
            assertThatThrownBy(lock::lock)
                    .isInstanceOf(SQLTransientException.class)
                    .hasMessageContaining("process " + child.pid() + " on ")
                    .hasMessageContaining("jobs.db");
            child.kill();
            lock.lock();
            lock.unlock();
        }
    }

    @Test
    void anInterruptNeitherEndsWaitingNorTheLockAndIsKept() throws Exception {
        Path file = directory.resolve("jobs.db.writer");
        try (WriterLock lock = new WriterLock(file, "jobs.db", WAIT);
                ChildJvm child = ChildJvm.start(Holder.class, file.toString())) {
            child.awaitLine("has it");
            Thread.currentThread().interrupt();
            assertThatThrownBy(lock::lock).isInstanceOf(SQLTransientException.class);
            assertThat(Thread.interrupted()).isTrue();
            child.kill();
            Thread.currentThread().interrupt();
            lock.lock();
            assertThat(Thread.interrupted()).isTrue();
            lock.unlock();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "lustre", "afs"})
    void aFileSystemOverANetworkIsRefusedByName(String type) {
        assertThatThrownBy(() -> NetworkFiles.refuse(Path.of("jobs.db"), type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("over a network (" + type + ")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ext4", "xfs", "btrfs", "overlay", "tmpfs", "NTFS", "apfs", "zfs", "fuse.ntfs-3g", "virtiofs"})
    void aDiskOfTheMachineIsNot(String type) {
        assertThatCode(() -> NetworkFiles.refuse(Path.of("jobs.db"), type)).doesNotThrowAnyException();
    }
}
