package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.workpool.WorkerPool;
import dev.workpool.support.ChildJvm;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A program whose main method ends without the end of its actor system. */
class ForgottenSystemTest {
    static final class Forgetful {
        public static void main(String[] arguments) {
            ((Logger) LoggerFactory.getLogger("dev.workpool")).setLevel(Level.INFO);
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "forgotten");
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, "doublers", (Integer job) -> 2 * job);
            pool.submit(21).thenAccept(System.out::println);
        }
    }

    /** A thread of its own keeps the JVM, as a server's does. */
    static final class Serving {
        public static void main(String[] arguments) {
            Forgetful.main(arguments);
            new Thread(() -> {
                        for (int i = 0; i < 20; i++) {
                            pause();
                            System.out.println("served " + i);
                        }
                        Runtime.getRuntime().halt(0);
                    })
                    .start();
        }

        private static void pause() {
            try {
                new CountDownLatch(1).await(1, java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void whatKeepsTheJvmIsSaidUnlessAThreadOfTheProgramsGoesOn() throws Exception {
        try (ChildJvm forgetful = ChildJvm.start(Forgetful.class);
                ChildJvm serving = ChildJvm.start(Serving.class)) {
            assertThat(forgetful.awaitLine("The main method of this program has ended"))
                    .contains("INFO", "pool 'doublers' in actor system 'forgotten'", "call terminate()");
            assertThat(forgetful.lines()).contains("42");
            assertThat(serving.awaitExit()).isZero();
            assertThat(serving.lines()).contains("42", "served 19").noneMatch(line -> line.contains("main method"));
        }
    }
}
