package dev.workpool.internal.gauge;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Numbers that are published together are read together. */
@JCStressTest
@Outcome(
        id = {"0, 0", "1, 1", "2, 2"},
        expect = ACCEPTABLE,
        desc = "of one moment")
@State
public class PublishedNumbersRaces {
    private enum Of {
        FIRST,
        SECOND
    }

    private final PublishedNumbers<Of> numbers = new PublishedNumbers<>(Of.class);

    @Actor
    public void writer() {
        for (int i = 1; i <= 2; i++) {
            numbers.begin();
            numbers.set(Of.FIRST, i);
            numbers.set(Of.SECOND, i);
            numbers.end();
        }
    }

    @Actor
    public void reader(JJ_Result result) {
        PublishedNumbers.Reading<Of> reading = numbers.read();
        result.r1 = reading.get(Of.FIRST);
        result.r2 = reading.get(Of.SECOND);
    }
}
