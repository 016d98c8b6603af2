package dev.workpool.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.text.Names;
import dev.workpool.cli.text.UsageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CombinedSourceTest {
    @TempDir
    private Path folder;

    @Test
    void theLastSourceChangesWithEachCombination() throws Exception {
        assertThat(texts(arguments("a", "b"), arguments("c", "d"), arguments("e", "f")))
                .containsExactly("a c e", "a c f", "a d e", "a d f", "b c e", "b c f", "b d e", "b d f");
    }

    @Test
    void linkedSourcesGoTogetherAndTheShortestEnds() throws Exception {
        assertThat(texts(arguments("a", "b", "c"), linked("1", "2"), arguments("x", "y")))
                .containsExactly("a 1 x", "a 1 y", "b 2 x", "b 2 y");
        assertThat(texts(arguments("x", "y"), arguments("a", "b", "c"), linked("1", "2")))
                .containsExactly("x a 1", "x b 2", "y a 1", "y b 2");
    }

    @Test
    void listsAreCombinedToo() throws Exception {
        Path list = Files.writeString(folder.resolve("list"), "1\n\n2");
        assertThat(texts(arguments("a", "b"), NamedSource.list(list.toString(), false), arguments("x")))
                .containsExactly("a 1 x", "a 2 x", "b 1 x", "b 2 x");
    }

    @Test
    void standardInputIsReadOnceAndAgainFromWhatWasKept() throws Exception {
        List<String> lines =
                IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList(); // more than is kept in memory
        List<String> texts = texts(String.join("\n", lines), arguments("a", "b", "c"), NamedSource.list("-", false));
        assertThat(texts).hasSize(60_000);
        assertThat(texts.subList(40_000, 60_000))
                .isEqualTo(lines.stream().map(line -> "c " + line).toList());
    }

    @Test
    void nothingIsReadBeforeItIsNeeded() throws Exception {
        InputStream endless = new InputStream() {
            private long lines;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] to, int from, int length) {
                byte[] line = Names.encode(++lines + "\n");
                System.arraycopy(line, 0, to, from, line.length);
                return line.length;
            }
        };
        try (InputSource source = new SourceOpener(endless, false)
                .open(List.of(NamedSource.list("-", false), arguments("a", "b")), null)) {
            assertThat(List.of(
                            source.next().text(),
                            source.next().text(),
                            source.next().text()))
                    .containsExactly("1 a", "1 b", "2 a");
            assertThat(source.total()).isEqualTo(-1);
        }
    }

    @Test
    void anEmptySourceLeavesNothing() throws Exception {
        assertThat(texts(arguments("a", "b"), arguments())).isEmpty();
        assertThat(texts(arguments(), arguments("a"))).isEmpty();
        assertThat(texts(arguments("a"), linked())).isEmpty();
    }

    @Test
    void anEntryThatCannotBeUsedMakesCombinationsThatCannot() throws Exception {
        try (InputSource source = open("x".repeat(200_000), arguments("a"), NamedSource.list("-", false))) {
            assertThat(source.next().problem()).contains("200000 bytes");
        }
    }

    @Test
    void inputsHaveNumbersAndColumns() throws Exception {
        try (InputSource source = new SourceOpener(new ByteArrayInputStream(Names.encode("a, b ,\nc")), false)
                .open(List.of(NamedSource.list("-", false), arguments("x,y")), Pattern.compile(","))) {
            Input first = source.next();
            assertThat(first.values()).containsExactly("a", "b", "", "x", "y");
            assertThat(first.number()).isEqualTo(1);
            Input second = source.next();
            assertThat(second.values()).containsExactly("c", "x", "y");
            assertThat(second.number()).isEqualTo(2);
        }
    }

    @Property(tries = 100)
    void thereAreAllCombinationsAndTheTotalTellsHowMany(
            @ForAll @Size(min = 2, max = 4)
                    List<@Size(max = 4) List<@AlphaChars @StringLength(max = 2) String>> sources)
            throws Exception {
        List<List<String>> expected = List.of(List.of());
        for (List<String> source : sources) {
            expected = expected.stream()
                    .flatMap(begun -> source.stream().map(value -> {
                        List<String> longer = new ArrayList<>(begun);
                        longer.add(value);
                        return longer;
                    }))
                    .toList();
        }
        NamedSource[] named = sources.stream()
                .map(source -> arguments(source.toArray(String[]::new)))
                .toArray(NamedSource[]::new);
        List<Input> inputs = inputs("", named);
        assertThat(inputs.stream().map(Input::values).toList()).isEqualTo(expected);
        assertThat(inputs.stream().map(Input::name).collect(Collectors.toSet())).hasSameSizeAs(new HashSet<>(expected));
        try (InputSource source = open("", named)) {
            assertThat(source.total()).isEqualTo(expected.size());
        }
    }

    @Test
    void differentCombinationsHaveDifferentNames() throws Exception {
        assertThat(inputs("", arguments("a\tb", "a"), arguments("c", "b\tc")).stream()
                        .map(Input::name))
                .doesNotHaveDuplicates()
                .hasSize(4);
    }

    private static NamedSource arguments(String... inputs) {
        return NamedSource.arguments(List.of(inputs), false);
    }

    private static NamedSource linked(String... inputs) {
        return NamedSource.arguments(List.of(inputs), true);
    }

    private static List<String> texts(NamedSource... sources) throws Exception {
        return texts("", sources);
    }

    private static List<String> texts(String in, NamedSource... sources) throws Exception {
        return inputs(in, sources).stream().map(Input::text).toList();
    }

    private static InputSource open(String in, NamedSource... sources) throws UsageException, IOException {
        return new SourceOpener(new ByteArrayInputStream(Names.encode(in)), false).open(List.of(sources), null);
    }

    private static List<Input> inputs(String in, NamedSource... sources) throws Exception {
        List<Input> inputs = new ArrayList<>();
        try (InputSource source = open(in, sources)) {
            for (Input input = source.next(); input != null; input = source.next()) {
                inputs.add(input);
            }
        }
        return inputs;
    }
}
