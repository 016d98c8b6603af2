package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.wire.EncodedFailure;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.ErrorBytes;
import dev.workpool.codec.JobCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Handlers of bytes do what those of users do. */
class EncodedHandlersTest {
    private final EncodedHandlers<String, String> handlers =
            new EncodedHandlers<>("pool", JobCodec.strings(), JobCodec.strings(), 10, Intake.ofProcess());

    private static EncodedJob job(String text, boolean mayBegin) {
        byte[] block = ("(" + text + ")").getBytes(StandardCharsets.UTF_8);
        EncodedJob.Origin origin = new EncodedJob.Origin() {
            @Override
            public int version() {
                return JobCodec.strings().version();
            }

            @Override
            public boolean mayBegin() {
                return mayBegin;
            }
        };
        return new EncodedJob(origin, block, 1, block.length - 1);
    }

    /** What arrives at the other end. */
    private static Throwable arrived(Throwable failure) {
        assertThat(failure).isInstanceOf(EncodedFailure.class);
        Throwable read = ErrorBytes.read(((EncodedFailure) failure).bytes(), "here");
        assertThat(read)
                .hasSameClassAs(failure.getCause())
                .hasMessage(failure.getCause().getMessage());
        return read;
    }

    private static Throwable thrown(ThrowingCallable call) {
        return arrived(catchThrowable(call));
    }

    @Test
    void aJobIsDecodedAndItsResultEncoded() throws Exception {
        assertThat(handlers.simple(String::toUpperCase).handle(job("a", true)))
                .asString()
                .isEqualTo("A");
        assertThat(handlers.contextual((job, context) -> job + job).handle(job("b", true), null))
                .asString()
                .isEqualTo("bb");
        CompletionStage<byte[]> stage = handlers.async((job, context) -> CompletableFuture.completedStage(job))
                .handle(job("c", true), null);
        assertThat(stage.toCompletableFuture().join()).asString().isEqualTo("c");
        assertThat(handlers.simple(job -> null).handle(job("a", true))).isNull();
    }

    @Test
    void aJobWhoseLeaseIsOverDoesNotBegin() {
        assertThat(thrown(() -> handlers.simple(job -> {
                            throw new AssertionError("it has begun");
                        })
                        .handle(job("a", false))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lease");
    }

    @Test
    void anErrorKeepsItsCauseAndTravelsAsBytes() throws Exception {
        IOException error = new IOException("down");
        assertThat(thrown(() -> handlers.simple(job -> {
                            throw error;
                        })
                        .handle(job("a", true))))
                .isInstanceOf(IOException.class);
        assertThat(thrown(() -> handlers.async((job, context) -> null).handle(job("a", true), null)))
                .isInstanceOf(NullPointerException.class);
        CompletionStage<byte[]> failed = handlers.async((job, context) -> CompletableFuture.failedFuture(error))
                .handle(job("a", true), null);
        assertThatThrownBy(() -> failed.toCompletableFuture().get())
                .cause()
                .satisfies(failure -> assertThat(arrived(failure)).isInstanceOf(IOException.class));
    }

    @Test
    void aResultThatIsTooLargeFailsItsJobAndNamesTheSetting() {
        assertThat(thrown(() -> handlers.simple(job -> "x".repeat(11)).handle(job("a", true))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("11 bytes")
                .hasMessageContaining("workpool.cluster.pools.pool.max-result-bytes");
    }

    @Test
    void cancellingReachesTheStageOfTheHandler() throws Exception {
        CompletableFuture<String> own = new CompletableFuture<>();
        CompletionStage<byte[]> stage = handlers.async((job, context) -> own).handle(job("a", true), null);
        assertThat(stage).isInstanceOf(CompletableFuture.class);
        assertThat(((CompletableFuture<byte[]>) stage).cancel(true)).isTrue();
        assertThat(own).isCancelled();
        assertThatThrownBy(() -> stage.toCompletableFuture().get())
                .cause()
                .satisfies(failure -> assertThat(arrived(failure)).isInstanceOf(CancellationException.class));
    }

    @Test
    void aStageThatCannotBeCancelledIsLeftAlone() throws Exception {
        CompletableFuture<String> own = new CompletableFuture<>();
        CompletionStage<byte[]> stage =
                handlers.async((job, context) -> own.minimalCompletionStage()).handle(job("a", true), null);
        own.complete("late");
        assertThat(stage.toCompletableFuture().get()).asString().isEqualTo("late");
    }
}
