package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TunePageTest {
    private static final List<TunePoint> POINTS = Points.waiting(64, n -> 100.0 * Math.min(n, 24));
    private static final TuneReport REPORT = new TuneReport(
            1,
            64,
            2,
            Duration.ofMillis(12_300),
            TuneEnding.PRECISE,
            POINTS,
            ScalabilityFit.of(POINTS),
            OptionalInt.of(32),
            Bottleneck.DOWNSTREAM,
            "a <b> & \"c\"",
            List.of("the first: </script><script>alert('x')</script>"));

    private static final String PAGE = TunePage.of(REPORT, "tune --exec 'echo <x> & \"y\" {{data}} $1 </title>'");

    /** The page without uPlot, whose own text has words that look like elements. */
    private static final String OWN = PAGE.replaceAll("(?s)<script>\\s*/\\*! https.*?</script>", "");

    @Test
    void itLoadsNothing() {
        assertThat(OWN.length()).isLessThan(PAGE.length());
        assertThat(PAGE).contains("default-src 'none'");
        assertThat(OWN).doesNotContainPattern("(?i)<(link|img|iframe|object|embed|base|audio|video|form)\\b");
        assertThat(OWN).doesNotContainPattern("(?i)\\b(src|href|action|srcset)\\s*=");
        assertThat(PAGE)
                .doesNotContainPattern("(?i)@import|url\\(|\\bfetch\\(|XMLHttpRequest|sendBeacon|WebSocket|import\\(");
    }

    @Test
    void theLibraryIsInItWithItsLicence() {
        assertThat(PAGE).contains("var uPlot=").contains(".uplot").contains("Permission is hereby granted");
    }

    @Test
    void titleAndWordsAreEscaped() {
        assertThat(PAGE)
                .contains(
                        "<title>tune --exec &#39;echo &lt;x&gt; &amp; &quot;y&quot; {{data}} $1 &lt;/title&gt;&#39;</title>");
        assertThat(PAGE).contains("; a &lt;b&gt; &amp; &quot;c&quot;</li>");
        assertThat(PAGE).doesNotContain("alert('x')").contains("&lt;/script&gt;");
        assertThat(Pattern.compile("</script>").matcher(PAGE).results().count()).isEqualTo(2);
    }

    @Test
    void itHasAllFigures() {
        assertThat(PAGE)
                .contains("\"workers\": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]")
                .contains("\"throughput\": [100.0, 200.0, 400.0, 800.0, 1600.0, 2400.0, 2400.0]")
                .contains("\"recommended\": 32, \"fit\": {\"lambda\": ");
        assertThat(PAGE).contains("Recommended: 32 workers").contains("12.3 s");
        assertThat(Pattern.compile("<tr>|<tr class=\"chosen\">")
                        .matcher(PAGE)
                        .results()
                        .count())
                .as("rows, and the head")
                .isEqualTo(POINTS.size() + 1);
        assertThat(PAGE).contains("<tr class=\"chosen\"><td>32</td><td>2,400<small>2,400..2,400</small></td>");
    }

    @Test
    void itIsForPhonesAndForTheDark() {
        assertThat(PAGE)
                .contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .contains("prefers-color-scheme: dark")
                .contains("<meta charset=\"utf-8\">");
    }

    @Test
    void withoutFiguresItSaysWhy() {
        TuneReport nothing = new TuneReport(
                1,
                64,
                2,
                Duration.ofSeconds(1),
                TuneEnding.TIME_UP,
                List.of(),
                Optional.empty(),
                OptionalInt.empty(),
                Bottleneck.UNKNOWN,
                "too little time",
                List.of());
        assertThat(TunePage.of(nothing, "x"))
                .contains("No recommendation")
                .contains("<li>Too little time</li>")
                .contains("\"workers\": []")
                .contains("\"fit\": null");
    }
}
