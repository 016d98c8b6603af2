package dev.workpool.cli.joblog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.text.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobLogTest {
    private static final String HEADER = JobLine.HEADER + "\n";

    private Path file;

    @BeforeProperty
    @BeforeEach
    void nameAFile() throws IOException {
        file = Files.createTempFile("workpool-", ".joblog");
    }

    @AfterProperty
    @AfterEach
    void deleteTheFile() throws IOException {
        Files.delete(file);
    }

    @Property(tries = 8)
    void aLogThatIsCutAnywhereHasItsWholeLinesAndGoesOnWithAWholeOne(
            @ForAll @Size(max = 3) List<@Size(max = 6) byte[]> names) throws IOException {
        List<String> inputs =
                names.stream().map(name -> Names.decode(name, 0, name.length)).toList();
        Files.write(file, new byte[0]);
        add(inputs);
        byte[] log = Files.readAllBytes(file);
        for (int length = 0; length <= log.length; length++) {
            byte[] cut = Arrays.copyOf(log, length);
            Files.write(file, cut);
            List<String> expected = new ArrayList<>(inputs.subList(0, Math.max(0, newlines(cut) - 1)));
            assertThat(inputsOf(cut)).isEqualTo(expected);

            add(List.of("next"));

            expected.add("next");
            assertThat(inputsOf(Files.readAllBytes(file))).isEqualTo(expected);
        }
    }

    @Property(tries = 20)
    void linesOfAnyLengthAreReadWhole(@ForAll @Size(max = 5) List<@Size(max = 100) byte[]> names) throws IOException {
        List<String> inputs = names.stream()
                .map(name -> Names.decode(name, 0, name.length).repeat(1000))
                .toList();
        Files.write(file, new byte[0]);
        add(inputs);
        assertThat(inputsOf(Files.readAllBytes(file))).isEqualTo(inputs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "\n",
                "a list\nof inputs\n",
                "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n",
                "start\tseconds\n",
            })
    void anotherFormatIsRefusedAndLeftAsItIs(String content) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> add(List.of("x")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("not a job log");
        assertThat(file).hasContent(content);
    }

    @Test
    void aWholeLineThatIsNoneIsRefusedByItsNumber() throws IOException {
        add(List.of("x"));
        Files.writeString(file, Files.readString(file) + "nonsense\n");
        assertThatThrownBy(() -> add(List.of("y"))).hasMessage("line 3 is damaged");
        assertThat(file).content().endsWith("nonsense\n");
    }

    @Test
    void aLogOfAnotherOperationIsRefused() throws IOException {
        add(List.of("x"));
        assertThatThrownBy(() -> open("--exec wc", EnumSet.noneOf(Ending.Kind.class)))
                .hasMessage("its jobs are those of '--get', not '--exec wc'");
    }

    @Test
    void oneRunAtATimeHasIt() throws IOException {
        try (JobLog log = open("--get", EnumSet.noneOf(Ending.Kind.class))) {
            assertThatThrownBy(() -> add(List.of("x"))).hasMessage("another run is writing to it");
            log.add(ending("y", Ending.Kind.FAILED));
        }
        add(List.of("x"));
        assertThat(inputsOf(Files.readAllBytes(file))).containsExactly("y", "x");
    }

    @Test
    void aLineIsInTheFileAsSoonAsItIsAdded() throws IOException {
        try (JobLog log = open("--get", EnumSet.noneOf(Ending.Kind.class))) {
            assertThat(file).hasContent(HEADER);
            log.add(ending("x", Ending.Kind.FAILED));
            assertThat(file).hasContent(HEADER + "-\t0.000000\t0\tfailed\t-\t1\t--get\tx\n");
        }
    }

    @Test
    void itKnowsItsFileByAnyName() throws IOException {
        Path link = Path.of(file + ".link");
        try (JobLog log = open("--get", EnumSet.noneOf(Ending.Kind.class))) {
            Files.createSymbolicLink(link, file);
            assertThat(log.isAt(file)).isTrue();
            assertThat(log.isAt(link)).isTrue();
            assertThat(log.isAt(file.getParent())).isFalse();
            assertThat(log.isAt(Path.of("/no/such/file"))).isFalse();
        } finally {
            Files.deleteIfExists(link);
        }
    }

    private JobLog open(String operation, EnumSet<Ending.Kind> done) throws IOException {
        return JobLog.open(file, operation, new JobHistory(done), line -> {
            throw new IOException("line " + line + " is damaged");
        });
    }

    private void add(List<String> inputs) throws IOException {
        try (JobLog log = open("--get", EnumSet.noneOf(Ending.Kind.class))) {
            for (String input : inputs) {
                log.add(ending(input, Ending.Kind.SUCCEEDED));
            }
        }
    }

    private static Ending ending(String input, Ending.Kind kind) {
        return new Ending(new Job(Input.of(input), 0), kind, null, "");
    }

    private static List<String> inputsOf(byte[] log) throws IOException {
        List<String> inputs = new ArrayList<>();
        JobLogReader.read(new ByteArrayInputStream(log), line -> inputs.add(line.input()));
        return inputs;
    }

    private static int newlines(byte[] log) {
        return (int) new String(log, StandardCharsets.UTF_8)
                .chars()
                .filter(c -> c == '\n')
                .count();
    }
}
