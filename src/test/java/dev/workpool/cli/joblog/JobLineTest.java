package dev.workpool.cli.joblog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.text.Names;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobLineTest {

    @Property(tries = 500)
    void anyLineSurvives(
            @ForAll @LongRange(min = -1, max = Long.MAX_VALUE) long start,
            @ForAll @LongRange(min = 0) long micros,
            @ForAll @IntRange(min = 0) int attempts,
            @ForAll Ending.Kind kind,
            @ForAll @IntRange(min = -1, max = 255) int status,
            @ForAll @IntRange(min = 0) int occurrence,
            @ForAll @Size(max = 30) byte[] operation,
            @ForAll @Size(max = 30) byte[] input) {
        JobLine line = new JobLine(
                start < 0 ? OptionalLong.empty() : OptionalLong.of(start),
                micros,
                attempts,
                kind,
                status < 0 ? OptionalInt.empty() : OptionalInt.of(status),
                occurrence,
                Names.decode(operation, 0, operation.length),
                Names.decode(input, 0, input.length));
        assertThat(JobLine.parse(line.text())).isEqualTo(line);
        assertThat(line.text().split("\t", -1)).hasSameSizeAs(JobLine.HEADER.split("\t"));
    }

    @Test
    void aLineLooksLikeThis() {
        JobLine line = new JobLine(
                OptionalLong.of(1_700_000_000_012L),
                1_500_001,
                2,
                Ending.Kind.TIMED_OUT,
                OptionalInt.of(7),
                1,
                "--exec echo\t{}",
                "a\nb\uDCFF");
        assertThat(line.text())
                .isEqualTo("1700000000.012\t1.500001\t2\ttimed-out\t7\t1\t--exec echo\\t{}\ta\\nb\\0377");
    }

    @Test
    void whatIsNotKnownIsADash() {
        Ending ending = new Ending(new Job(Input.of("x"), 0), Ending.Kind.CANCELLED, null, "cancelled");
        assertThat(JobLine.of(ending, "--get").text()).isEqualTo("-\t0.000000\t0\tcancelled\t-\t1\t--get\tx");
    }

    @Test
    void anInputThatNobodyHasCountedIsADash() {
        Ending ending =
                new Ending(new Job(Input.of("x").withOccurrence(0), 0), Ending.Kind.CANCELLED, null, "cancelled");
        assertThat(JobLine.of(ending, "--get").text()).isEqualTo("-\t0.000000\t0\tcancelled\t-\t-\t--get\tx");
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "-;0;0;cancelled;-;1;--get",
        "-;0;0;cancelled;-;1;--get;x;y",
        "now;0;0;cancelled;-;1;--get;x",
        "1.0001;0;0;cancelled;-;1;--get;x",
        "-;-;0;cancelled;-;1;--get;x",
        "-;1e99999;0;cancelled;-;1;--get;x",
        "-;0;many;cancelled;-;1;--get;x",
        "-;0;0;CANCELLED;-;1;--get;x",
        "-;0;0;cancelled;;1;--get;x",
        "-;0;0;cancelled;-;one;--get;x",
        "-;0;0;cancelled;-;1;--get;\\",
    })
    void anythingElseIsRefused(String line) {
        assertThatThrownBy(() -> JobLine.parse(line.replace(';', '\t'))).isInstanceOf(IllegalArgumentException.class);
    }
}
