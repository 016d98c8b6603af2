package dev.workpool.bench.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.cluster.ClusterWorkers;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A working node in a JVM of its own. It ends when nobody holds its input any longer. */
final class WorkNode implements AutoCloseable {
    /** An actor that answers, to be asked without a pool. */
    static final ServiceKey<String> ECHO = ServiceKey.create(String.class, "echo");

    static final ServiceKey<String> ECHO_ANSWERS = ServiceKey.create(String.class, "echo-answers");

    private final Process process;

    private WorkNode(Process process) {
        this.process = process;
    }

    static List<WorkNode> start(int nodes, int workers, int seedPort) throws IOException {
        List<WorkNode> started = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            started.add(new WorkNode(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx1g",
                            "-cp",
                            System.getProperty("java.class.path"),
                            WorkNode.class.getName(),
                            String.valueOf(workers),
                            String.valueOf(seedPort))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()));
        }
        for (WorkNode node : started) {
            new BufferedReader(new InputStreamReader(node.process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
        return started;
    }

    long cpuNs() {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it was killed
        }
        process.onExit().join();
    }

    static Config config(String more) {
        return ConfigFactory.parseString(more + """

                        akka.loglevel = WARNING
                        akka.cluster.jmx.enabled = off
                        akka.coordinated-shutdown.exit-jvm = on
                        """)
                .withFallback(ConfigFactory.parseResources("workpool-cluster.conf"))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    public static void main(String[] args) throws Exception {
        int workers = Integer.parseInt(args[0]);
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.setup(context -> {
                    ActorRef<String> echo = context.spawn(echo(), "echo");
                    context.getSystem().receptionist().tell(Receptionist.register(ECHO, echo));
                    return Behaviors.empty();
                }),
                "bench",
                config("akka.remote.artery.canonical.port = 0\nakka.cluster.seed-nodes = [\"akka://bench@127.0.0.1:"
                        + args[1] + "\"]"));
        start(system, "empty", workers, job -> job);
        start(system, "spin", workers, job -> {
            long untilNs = System.nanoTime() + 10_000;
            while (System.nanoTime() - untilNs < 0) {
                Thread.onSpinWait();
            }
            return job;
        });
        start(system, "wait", workers, WorkNode::await);
        start(system, "large", workers, job -> new byte[200_000]);
        start(system, "fair", workers, WorkNode::await);
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // nobody writes
        }
        system.terminate(); // it leaves the cluster, so that those who stay need not find out
    }

    static void start(
            ActorSystem<?> system,
            String name,
            int workers,
            dev.workpool.job.JobHandler.Simple<byte[], byte[]> handler) {
        ClusterWorkers.start(
                system,
                WorkerPoolSettings.create(system, name).withWorkers(workers),
                JobCodec.bytes(),
                JobCodec.bytes(),
                handler);
    }

    /** A job that says how many nanoseconds it takes. */
    static byte[] await(byte[] job) throws InterruptedException {
        long untilNs = System.nanoTime() + ByteBuffer.wrap(job).getLong();
        long leftNs;
        while ((leftNs = untilNs - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNs);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return new byte[0];
    }

    /** Answers to whoever is registered for answers. */
    private static Behavior<String> echo() {
        return Behaviors.setup(context -> {
            List<ActorRef<String>> answers = new ArrayList<>();
            ActorRef<Receptionist.Listing> listings = context.spawn(
                    Behaviors.receiveMessage(listing -> {
                        answers.clear();
                        answers.addAll(listing.getServiceInstances(ECHO_ANSWERS));
                        return Behaviors.same();
                    }),
                    "listings");
            context.getSystem().receptionist().tell(Receptionist.subscribe(ECHO_ANSWERS, listings));
            return Behaviors.receiveMessage(text -> {
                answers.forEach(each -> each.tell(text));
                return Behaviors.same();
            });
        });
    }
}
