package dev.workpool.cli.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.job.Input;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplacementTest {

    /** As GNU parallel 20240222 has it. */
    @ParameterizedTest
    @CsvSource({
        "a.b/c,        a.b/c,    c,        a.b, c",
        "a/b.tar.gz,   a/b.tar,  b.tar.gz, a,   b.tar",
        "/x,           /x,       x,        /,   x",
        "/x/,          /x/,      '',       /,   ''",
        "x.,           x,        x.,       .,   x",
        ".bash,        '',       .bash,    .,   ''",
        "a/.b,         a/,       .b,       a,   ''",
        ".,            '',       .,        .,   ''",
        "a//b,         a//b,     b,        a,   b",
        "'',           '',       '',       .,   ''",
        "a/b/,         a/b/,     '',       a,   ''",
        "/,            /,        '',       /,   ''",
        "//a,          //a,      a,        /,   a",
        "a/b//c//,     a/b//c//, '',       a/b, ''",
    })
    void namesAreTakenApart(String value, String bare, String last, String folder, String lastBare) {
        List<String> all = List.of(bare, last, folder, lastBare);
        List<String> kinds = List.of(".", "/", "//", "/.");
        for (int i = 0; i < all.size(); i++) {
            for (String position : List.of("", "1", "-1")) {
                assertThat(Replacement.parse(position + kinds.get(i)).of(Input.of(value), 1))
                        .as("{%s%s}", position, kinds.get(i))
                        .containsExactly(all.get(i));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'', a|b.c", "1, a", "2, b.c", "-1, b.c", "-2, a", "2., b", "., a|b", "#, 5", "%, 2"})
    void aPositionTakesOneOfSeveralValues(String text, String expected) {
        Input input = Input.of("x").withValues(List.of("a", "b.c")).withNumber(5);
        assertThat(Replacement.parse(text).of(input, 2)).containsExactly(expected.split("\\|", -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "-3", "3.", "1000000000"})
    void aValueThatThereIsNotIsNothing(String text) {
        Input input = Input.of("x").withValues(List.of("a", "b"));
        assertThat(Replacement.parse(text).of(input, 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00", "-0", "-", "1#", "-1%", "x", "1x", "..", "./", "99999999999", "+1", "1 "})
    void othersAreNone(String text) {
        assertThat(Replacement.parse(text)).isNull();
    }
}
