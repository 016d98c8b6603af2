package dev.workpool.bench.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A working node in a JVM of its own, behind a link, with workers of a pool and others that pull. It ends when nobody holds its input any longer. */
final class SlowNode implements AutoCloseable {
    private final Process process;

    private SlowNode(Process process) {
        this.process = process;
    }

    static SlowNode start(int seedPort, int linkPort, int port, int workers) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SlowNode.class.getName(),
                        String.valueOf(seedPort),
                        String.valueOf(linkPort),
                        String.valueOf(port),
                        String.valueOf(workers))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line;
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        while ((line = lines.readLine()) != null && !line.equals("ready")) {
            System.out.println(line);
        }
        return new SlowNode(process);
    }

    /** A node that others reach through a link. */
    static String behind(int linkPort, int port) {
        return "akka.remote.artery { canonical.port = " + linkPort + ", bind.port = " + port
                + ", bind.hostname = \"127.0.0.1\" }\n";
    }

    public static void main(String[] args) throws IOException {
        int workers = Integer.parseInt(args[3]);
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "slow",
                WorkNode.config(behind(Integer.parseInt(args[1]), Integer.parseInt(args[2]))
                        + "akka.cluster.seed-nodes = [\"akka://slow@127.0.0.1:" + args[0] + "\"]\n"));
        system.systemActorOf(WorkPulling.workers(workers), "pulling", Props.empty());
        WorkNode.start(system, "wait", workers, WorkNode::await);
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // nobody writes
        }
        system.terminate();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }
}
