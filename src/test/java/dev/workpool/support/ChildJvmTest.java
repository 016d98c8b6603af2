package dev.workpool.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX) // which tells the states of processes
class ChildJvmTest {
    /** Says its argument, and ends with 3. */
    public static final class Ending {
        private Ending() {}

        public static void main(String[] arguments) {
            System.err.println("said " + arguments[0] + " " + System.getProperty("p"));
            System.exit(3);
        }
    }

    /** Runs until it is ended. */
    public static final class Endless {
        private Endless() {}

        public static void main(String[] arguments) {
            System.out.println("running");
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** Starts one that is endless, says its process id, and is endless itself. */
    public static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) {
            ChildJvm child = ChildJvm.start(Endless.class);
            child.awaitLine("running");
            System.out.println("child " + child.pid());
            Endless.main(arguments);
        }
    }

    @Test
    void itsOutputAndItsExitCodeAreHad() throws Exception {
        try (ChildJvm child = ChildJvm.start(List.of("-Dp=q"), Ending.class, "a")) {
            assertThat(child.awaitExit()).isEqualTo(3);
            assertThat(child.lines()).containsExactly("said a q");
            assertThatThrownBy(() -> child.awaitLine("b"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("said a q");
        }
    }

    @Test
    void itIsStoppedContinuedAndKilled() throws Exception {
        try (ChildJvm child = ChildJvm.start(Endless.class)) {
            child.awaitLine("running");
            child.suspend();
            await().atMost(PoolTest.LONG).until(() -> state(child.pid()) == 'T');
            child.resume();
            await().atMost(PoolTest.LONG).until(() -> state(child.pid()) != 'T');
            child.kill();
            assertThat(child.isAlive()).isFalse();
            assertThat(child.awaitExit()).isEqualTo(128 + 9);
        }
    }

    @Test
    void itEndsWithAParentThatIsKilled() throws Exception {
        try (ChildJvm parent = ChildJvm.start(Parent.class)) {
            long child = Long.parseLong(parent.awaitLine("child ").substring("child ".length()));
            parent.kill();
            await().atMost(PoolTest.LONG)
                    .until(() ->
                            !ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false));
        }
    }

    /** The letter after the name in parentheses. */
    private static char state(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }
}
