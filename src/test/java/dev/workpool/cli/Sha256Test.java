package dev.workpool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workpool.cli.text.Names;
import dev.workpool.cli.text.NativePaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final List<String> ODD_NAMES = List.of(
            "plain",
            "with space",
            " lead",
            "-dash",
            "q'u\"o",
            "new\nline",
            "car\rriage",
            "back\\slash",
            "\\n",
            "é",
            "bad\uDCFF\uDCC3",
            "{}",
            "$(id)",
            "*");

    @TempDir
    private Path folder;

    private Path tree;

    @BeforeEach
    void makeATree() throws IOException {
        tree = Files.createDirectory(folder.resolve("tree"));
        for (String name : ODD_NAMES) {
            Files.writeString(NativePaths.of(tree + "/" + name), "content of " + ODD_NAMES.indexOf(name));
        }
        Path deep = Files.createDirectories(NativePaths.of(tree + "/sub/deep\uDCFE"));
        Files.createFile(deep.resolve("empty"));
        Files.write(deep.resolve("large"), new byte[1_000_000]);
    }

    @Test
    void aProgramThatIsTakenForAFileIsNamedAsACommand() {
        assertThat(Cli.run("run", "sh", "./sh", "no-such-program").err().lines().limit(3))
                .containsExactlyInAnyOrder(
                        "workpool: sh: no such file or folder; to run it as a command: --exec 'sh {}'",
                        "workpool: ./sh: no such file or folder",
                        "workpool: no-such-program: no such file or folder");
    }

    @Test
    void sha256sumAcceptsEveryLine() throws Exception {
        Cli.Ran ran = Cli.run("run", "--sha256", tree.toString());
        assertThat(ran.sum()).isEqualTo("workpool: 16 succeeded, 0 failed, 0 cancelled, 16 total");
        assertThat(ran.status()).isZero();
        assertThat(check(ran.out())).isEmpty();
    }

    @Test
    void namesOfListsAreReadByteForByte() throws Exception {
        String list = String.join(
                "\0", ODD_NAMES.stream().map(name -> tree + "/" + name).toList());
        Cli.Ran ran = Cli.runWith(list, "run", "--input", "-", "--null");
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).hasLineCount(ODD_NAMES.size());
        assertThat(check(ran.out())).isEmpty();
    }

    @Test
    void foldersAreWalkedInTheOrderOfTheirNames() throws IOException {
        Path ordered = Files.createDirectory(folder.resolve("ordered"));
        for (String name : List.of("b", "a", "c/x", "B")) {
            Files.createDirectories(ordered.resolve(name).getParent());
            Files.createFile(ordered.resolve(name));
        }
        assertThat(Cli.run("run", "--ordered", ordered + "/").lines())
                .containsExactly(
                        EMPTY + "  " + ordered + "/B",
                        EMPTY + "  " + ordered + "/a",
                        EMPTY + "  " + ordered + "/b",
                        EMPTY + "  " + ordered + "/c/x");
    }

    @Test
    void linksToFilesAreFollowedAndLinksToFoldersAreNot() throws IOException {
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("file"), tree.resolve("sub").resolve("../plain"));
        Files.createSymbolicLink(links.resolve("folder"), tree);
        Files.createSymbolicLink(links.resolve("round"), links);
        Cli.Ran ran = Cli.run("run", links.toString());
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).hasLineCount(1).contains(links + "/file");

        assertThat(Cli.run("run", links + "/folder").sum()).contains("16 succeeded");
    }

    @Test
    void whatCannotBeReadFailsByNameAndTheRestIsHashed() throws IOException {
        Files.createSymbolicLink(tree.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(tree.resolve("circle"), Path.of("circle"));
        Cli.Ran ran = Cli.run("run", tree.toString(), folder + "/missing", "");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err())
                .contains("workpool: " + tree + "/dangling: no such file or folder\n")
                .contains("workpool: " + tree + "/circle: ")
                .contains("workpool: " + folder + "/missing: no such file or folder\n")
                .contains("workpool: '': an empty name\n");
        assertThat(ran.sum()).isEqualTo("workpool: 16 succeeded, 4 failed, 0 cancelled, 20 total");
    }

    @Test
    void aReadErrorIsAFailure() {
        Path unreadable = Path.of("/proc/self/mem"); // whose first page nobody can read, the superuser included
        assumeTrue(Files.exists(unreadable));
        Cli.Ran ran = Cli.run("run", unreadable.toString());
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).startsWith("workpool: /proc/self/mem: ").contains("0 succeeded, 1 failed");
    }

    @Test
    void filesAndFoldersWithoutPermissionFail() throws IOException {
        Path file = Files.createFile(folder.resolve("secret"));
        Path secrets = Files.createDirectory(folder.resolve("secrets"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "the superuser may read anything");
        Cli.Ran ran = Cli.run("run", file.toString(), secrets.toString());
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
        assertThat(ran.sum()).contains("0 succeeded, 2 failed");
        assertThat(ran.err()).contains("/secret: permission denied").contains("/secrets: permission denied");
    }

    @Test
    void aPipeInAFolderIsLeftOut() throws Exception {
        Path fifo = tree.resolve("fifo");
        assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0);
        Cli.Ran ran = Cli.run("run", tree.toString());
        assertThat(ran.status()).isZero();
        assertThat(ran.err())
                .contains(fifo + ": left out: neither a file nor a folder")
                .contains("16 succeeded");
    }

    @Test
    void aDashIsStandardInput() {
        assertThat(Cli.runWith("", "run", "-").out()).isEqualTo(EMPTY + "  -\n");
        assertThat(Cli.runWith("-\n", "run", "--input", "-").err()).contains("a file of that name is ./-");
    }

    @Test
    void ndjsonTellsAboutEveryFile() throws IOException {
        Cli.Ran ran = Cli.run("run", "--format", "ndjson", "--ordered", tree + "/new\nline", tree + "/missing");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).hasLineCount(1);
        var lines = Json.lines(ran.out());
        assertThat(lines.get(0))
                .containsEntry("input", tree + "/new\nline")
                .containsEntry("outcome", "succeeded")
                .containsKey("seconds")
                .doesNotContainKey("error");
        assertThat((String) lines.get(0).get("sha256")).matches("[0-9a-f]{64}");
        assertThat(lines.get(1))
                .containsEntry("outcome", "failed")
                .containsEntry("error", "no such file or folder")
                .doesNotContainKey("sha256");
    }

    private static String check(String sums) throws Exception {
        Process sha256sum = new ProcessBuilder("sha256sum", "-c", "--quiet", "--strict")
                .redirectErrorStream(true)
                .start();
        sha256sum.getOutputStream().write(Names.encode(sums));
        sha256sum.getOutputStream().close();
        return new String(sha256sum.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
