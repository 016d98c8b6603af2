package dev.workpool.cli.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.text.Names;
import java.io.IOException;
import java.util.List;
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
        assertThat(new ShellCommand("wc -l").forInput("file").get(2)).endsWith("wc -l \"${WORKPOOL_INPUT}\"");
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
        assertThat(new ShellCommand("echo $(({}))").forInput("a[$(id)]").get(2)).contains("((\"${WORKPOOL_INPUT}\"))");
    }

    @Test
    void otherParenthesesAreNoArithmetic() throws IOException {
        assertThat(output("(echo \"{}\"; (echo {}))", "a  b")).isEqualTo("a  b\na  b\n");
    }

    @Test
    void theCommandMayHoldAnyCharacters() throws IOException {
        assertThat(output("printf '%s' 'é\uDCFF\\n'{}", "x")).isEqualTo("é\uDCFF\\nx");
    }

    private static String output(String command, String input) throws IOException {
        List<String> program = new ShellCommand(command).forInput(input);
        Process process = new ProcessBuilder(program)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] out = process.getInputStream().readAllBytes();
        return Names.decode(out, 0, out.length);
    }
}
