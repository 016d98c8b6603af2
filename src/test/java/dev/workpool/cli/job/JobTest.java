package dev.workpool.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.cli.Leftover;
import org.junit.jupiter.api.Test;

class JobTest {
    private final Job job = new Job(Input.of("x"), 0);

    @Test
    void aJobCountsItsAttempts() throws FinalFailure {
        assertThat(job.attempts()).isZero();
        assertThat(job.start()).isZero();
        assertThat(job.nanos()).isZero();
        job.begin().end();
        assertThat(job.begin().number()).isEqualTo(2);
        assertThat(job.attempts()).isEqualTo(2);
        assertThat(job.start()).isPositive();
    }

    @Test
    void timeIsThatOfTheLastAttempt() throws FinalFailure {
        Job.Attempt first = job.begin();
        job.begin().end();
        long nanos = job.nanos();
        first.end();
        assertThat(job.nanos()).isEqualTo(nanos);
    }

    @Test
    void anUnusableInputIsAnAttemptThatFailsForGood() {
        Job bad = new Job(Input.unusable("x", "too long"), 0);
        assertThatThrownBy(bad::begin).isInstanceOf(FinalFailure.class).hasMessage("too long");
        assertThat(bad.attempts()).isEqualTo(1);
    }

    @Test
    void onlyTheLastAttemptLeavesSomething() throws FinalFailure {
        Leftover first = new Leftover();
        Leftover second = new Leftover();
        Leftover late = new Leftover();
        Job.Attempt slow = job.begin();
        slow.leave(first);
        Job.Attempt last = job.begin();
        assertThat(first.isClosed()).isTrue();
        last.leave(second);
        slow.leave(late); // given up, and returns after all
        assertThat(late.isClosed()).isTrue();
        assertThat(job.takeLeft()).isSameAs(second);
        assertThat(second.isClosed()).isFalse();
        assertThat(job.takeLeft()).isNull();
    }

    @Test
    void whatIsLeftTooLateIsDropped() throws FinalFailure {
        Job.Attempt attempt = job.begin();
        assertThat(job.takeLeft()).isNull();
        Leftover late = new Leftover();
        attempt.leave(late);
        assertThat(late.isClosed()).isTrue();
    }
}
