package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterHashesTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    private Path directory;

    @Test
    void filesAreHashedByAnotherProcess() throws Exception {
        String port = String.valueOf(freePort());
        String empty = Files.createFile(directory.resolve("empty")).toString();
        String missing = directory.resolve("missing").toString();
        try (ChildJvm working = ChildJvm.start(ClusterHashes.class, "work", port);
                ChildJvm submitting = ChildJvm.start(ClusterHashes.class, "submit", port, empty, missing)) {
            assertThat(submitting.awaitExit()).isZero();
            List<String> lines = new ArrayList<>(submitting.lines());
            assertThat(lines).contains(EMPTY + "  " + empty);
            assertThat(lines).anyMatch(line -> line.startsWith(missing + ": java.nio.file.NoSuchFileException"));
            working.terminate();
            working.awaitExit();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
