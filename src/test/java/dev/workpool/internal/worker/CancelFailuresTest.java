package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.internal.event.Label;
import dev.workpool.job.BatchInfo;
import dev.workpool.support.CapturedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancelFailuresTest {
    private static final Label NIGHTLY = new Label(BatchInfo.Kind.BATCH, 17, "nightly");

    private final List<Runnable> warnings = new ArrayList<>();
    private final CancelFailures failures = new CancelFailures("orders", warnings::add);

    @Test
    void whatComesBeforeTheWarningIsWrittenIsOneLine() {
        try (CapturedLog log = CapturedLog.of(CancelFailures.class.getName())) {
            failures.add(new IOException("first"), NIGHTLY);
            failures.add(new IOException("second"), null);
            failures.add(new AssertionError("third"), null);
            assertThat(warnings).hasSize(1);
            warnings.remove(0).run();
            assertThat(log.messages())
                    .containsExactly(
                            "Pool 'orders': 3 onCancel actions of jobs have failed; this is the first, of a job of batch 17 'nightly'");
            assertThat(log.errors()).containsExactly("first");
        }
    }

    @Test
    void whatComesLaterIsAnother() {
        try (CapturedLog log = CapturedLog.of(CancelFailures.class.getName())) {
            failures.add(new IOException("first"), NIGHTLY);
            warnings.remove(0).run();
            failures.add(new IOException("second"), null);
            assertThat(warnings).hasSize(1);
            warnings.remove(0).run();
            assertThat(log.messages())
                    .containsExactly(
                            "Pool 'orders': an onCancel action of a job of batch 17 'nightly' has failed",
                            "Pool 'orders': an onCancel action of a job has failed");
        }
    }

    @Test
    void aWarningThatIsWrittenTwiceIsOneLine() {
        try (CapturedLog log = CapturedLog.of(CancelFailures.class.getName())) {
            failures.add(new IOException(), null);
            warnings.get(0).run();
            warnings.get(0).run();
            assertThat(log.messages()).hasSize(1);
        }
    }

    @Test
    void aWarningThatCannotBeHandedInIsMadeUpForByTheNext() {
        List<Runnable> later = new ArrayList<>();
        CancelFailures failing = new CancelFailures("orders", write -> {
            if (later.isEmpty()) {
                later.add(() -> {});
                throw new OutOfMemoryError("for the test");
            }
            later.add(write);
        });
        assertThatThrownBy(() -> failing.add(new IOException("lost"), null)).isInstanceOf(OutOfMemoryError.class);
        try (CapturedLog log = CapturedLog.of(CancelFailures.class.getName())) {
            failing.add(new IOException("told"), null);
            later.get(1).run();
            assertThat(log.errors()).containsExactly("told");
        }
    }
}
