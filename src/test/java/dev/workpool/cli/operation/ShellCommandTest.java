package dev.workpool.cli.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.text.Names;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellCommandTest {
    private static final String ODD = "q'u\"o$(echo gone)`echo gone` \\ *\n;&|é\uDCFF $HOME\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "printf %s {}",
                "printf %s \"{}\"",
                "printf %s '{}'",
                "printf %s",
                "f() { printf %s \"$1\"; }; f {}",
            })
    void anInputIsNeverPartOfTheCommand(String command) throws IOException {
        assertThat(output(command, ODD)).isEqualTo(ODD);
    }

    @Test
    void everyHoleIsFilled() throws IOException {
        assertThat(output("echo {}{} '{}' \"<{}>\" $(echo \"{}\")", "x  y")).isEqualTo("x  yx  y x  y <x  y> x y\n");
    }

    @Test
    void aCommandWithoutHoleHasItAppended() {
        assertThat(command("wc -l").forInput(Input.of("file"), 1).get(2)).endsWith("wc -l \"${WORKPOOL_INPUT}\"");
    }

    @Test
    void anEscapedHoleIsNone() throws IOException {
        assertThat(output("echo \\{} {}", "x")).isEqualTo("{} x\n");
    }

    @Test
    void numbersCanBeOperands() throws IOException {
        assertThat(output("echo $(( (1 + {}) * 2 ))", "20")).isEqualTo("42\n");
    }

    @Test
    void whatIsNoOperandStaysQuotedInArithmetic() {
        assertThat(command("echo $(({}))").forInput(Input.of("a[$(id)]"), 1).get(2))
                .contains("((\"${WORKPOOL_INPUT}\"))");
    }

    @Test
    void otherParenthesesAreNoArithmetic() throws IOException {
        assertThat(output("(echo \"{}\"; (echo {}))", "a  b")).isEqualTo("a  b\na  b\n");
    }

    @Test
    void theCommandMayHoldAnyCharacters() throws IOException {
        assertThat(output("printf '%s' 'é\uDCFF\\n'{}", "x")).isEqualTo("é\uDCFF\\nx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"printf '<%s>' {2} {1}", "printf '<%s>' \"{2}\" '{1}'", "printf '<%s>' {-1} {-2}"})
    void eachValueHasItsPlace(String command) throws IOException {
        assertThat(output(command, ODD, "b  c")).isEqualTo("<b  c><" + ODD + ">");
    }

    @Test
    void allValuesAreWordsOfTheirOwnUnlessTheyAreQuotedTogether() throws IOException {
        assertThat(output("printf '<%s>' {}", ODD, "b  c")).isEqualTo("<" + ODD + "><b  c>");
        assertThat(output("printf '<%s>' \"{}\" '{}'", "a", "b  c")).isEqualTo("<a b  c><a b  c>");
        assertThat(output("printf '<%s>'", "a", "b  c")).isEqualTo("<a><b  c>");
    }

    @Test
    void moreThanNineValuesAreTakenApart() throws IOException {
        String[] values = IntStream.rangeClosed(1, 12).mapToObj(i -> "v" + i).toArray(String[]::new);
        assertThat(output("echo {12} {10} {1} {2} {3} {4} {5} {6} {7} {8} {9}", values))
                .isEqualTo("v12 v10 v1 v2 v3 v4 v5 v6 v7 v8 v9\n");
        assertThat(output("echo {}", values)).isEqualTo(String.join(" ", values) + "\n");
    }

    @Test
    void jobsAndWorkersHaveNumbers() throws IOException {
        ShellCommand command = command("echo {#} {%}");
        assertThat(run(command.forInput(Input.of("x").withNumber(7), 3))).isEqualTo("7 3\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "printf '<%s>' {} {2} {1/.}",
                "printf '<%s>' \"{}\" \"{2}\"",
                "printf '<%s>' '{}' '{2}x'",
                "printf '<%s>' `printf '%s' {2}`",
                "echo $(( 1 + {3} ))",
            })
    void whatIsShownDoesWhatIsRun(String text) throws IOException {
        Input input = Input.of("x").withValues(List.of(ODD, "'q''", "4", ""));
        ShellCommand command = new ShellCommand(text, "sh", 4, "");
        assertThat(run(List.of("sh", "-c", command.shown(input, 1).replace('\uDCFF', '.'))))
                .isEqualTo(run(command.forInput(input, 1)).replace('\uDCFF', '.'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x=abc; echo ${x} ${x%.} ${#x}",
                "awk 'BEGIN { print 1 }'",
                "awk 'BEGIN {printf \"%d\", 2}'",
                "set -- one; echo ${1} \"${1}\"",
                "echo \\{foo} {''foo} {a,b} {1..3} { }",
                "f() { echo f; }; f",
            })
    void otherBracesAreTheShells(String command) throws IOException {
        assertThat(output(command + "; : {}", "x")).isEqualTo(run(List.of("sh", "-c", command)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{foo}", "{..}", "{0}", "{2}", "{-2}", "{1#}", "{##}", "{=s/a/b/=}", "{///}", "{99999999999}"})
    void anUnknownReplacementStringIsAnError(String unknown) {
        for (String command : List.of("echo " + unknown, "echo {} '" + unknown + "'", "echo \"" + unknown + "\"")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> command(command))
                    .withMessageStartingWith("unknown replacement string {")
                    .withMessageContaining("allowed: {} {.} {/} {//} {/.} {#} {%}");
        }
    }

    private static ShellCommand command(String text) {
        return new ShellCommand(text, "sh", 1, "");
    }

    private static String output(String command, String... values) throws IOException {
        Input input = Input.of("x").withValues(List.of(values));
        return run(new ShellCommand(command, "sh", values.length, "").forInput(input, 1));
    }

    private static String run(List<String> program) throws IOException {
        Process process = new ProcessBuilder(program)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] out = process.getInputStream().readAllBytes();
        return Names.decode(out, 0, out.length);
    }
}
