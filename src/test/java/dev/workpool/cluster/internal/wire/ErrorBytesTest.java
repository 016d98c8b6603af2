package dev.workpool.cluster.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.cluster.job.RemoteFailure;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors arrive as what they were, as far as that can be, and hostile ones do no harm. */
class ErrorBytesTest {
    private static Throwable there(Throwable error) {
        return ErrorBytes.read(ErrorBytes.write(error), "akka://there");
    }

    @Test
    void anErrorIsMadeAgainWithItsMessageItsStackAndItsCauses() {
        IllegalStateException error =
                new IllegalStateException("outer", new IOException("middle", new TimeoutException()));
        Throwable read = there(error);
        assertThat(read).isExactlyInstanceOf(IllegalStateException.class).hasMessage("outer");
        assertThat(read.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("middle");
        assertThat(read.getCause().getCause())
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessage(null);
        StackTraceElement[] stack = read.getStackTrace();
        assertThat(stack[0].getMethodName()).isEqualTo("anErrorIsMadeAgainWithItsMessageItsStackAndItsCauses");
        assertThat(stack[0].getLineNumber()).isEqualTo(error.getStackTrace()[0].getLineNumber());
        assertThat(stack[stack.length - 1].toString()).contains("akka://there");
    }

    @Test
    void whatAnErrorAndItsCausesSuppressArrives() {
        IOException cause = new IOException("cause");
        cause.addSuppressed(new TimeoutException("closing"));
        IllegalStateException error = new IllegalStateException("outer", cause);
        error.addSuppressed(new IllegalArgumentException("first"));
        error.addSuppressed(new IOException("second"));
        Throwable read = there(error);
        assertThat(read.getSuppressed())
                .extracting(Throwable::toString)
                .containsExactly("java.lang.IllegalArgumentException: first", "java.io.IOException: second");
        assertThat(read.getCause().getSuppressed())
                .extracting(Throwable::toString)
                .containsExactly("java.util.concurrent.TimeoutException: closing");
    }

    /** An older version ends after the causes, and so does this one where nothing is suppressed. */
    @Test
    void whatIsSuppressedIsWrittenBehindWhatAnOlderVersionReads() {
        IOException error = new IOException("old");
        byte[] without = ErrorBytes.write(error);
        assertThat(ErrorBytes.read(without, "there"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("old");
        error.addSuppressed(new IllegalStateException("new"));
        assertThat(ErrorBytes.write(error)).startsWith(without);
    }

    @Test
    void anErrorWhoseClassTakesNoMessageIsMadeIfItHasTheSame() {
        assertThat(there(new WithoutMessage())).isExactlyInstanceOf(WithoutMessage.class);
        assertThat(there(new WithMessageOfItsOwn(7)))
                .isInstanceOfSatisfying(
                        RemoteFailure.class,
                        failure -> assertThat(failure.originalClass()).isEqualTo(WithMessageOfItsOwn.class.getName()))
                .hasMessageContaining("code 7");
    }

    @Test
    void anErrorOfAnUnknownClassNamesIt() {
        Throwable read = ErrorBytes.read(bytes("com.example.Gone", false, "why"), "there");
        assertThat(read)
                .isInstanceOfSatisfying(
                        RemoteFailure.class,
                        failure -> assertThat(failure.originalClass()).isEqualTo("com.example.Gone"))
                .hasMessage("com.example.Gone: why");
    }

    @Test
    void whatIsNoErrorIsNotMade() {
        assertThat(ErrorBytes.read(bytes("java.lang.StringBuilder", false, "x"), "there"))
                .isInstanceOf(RemoteFailure.class);
        assertThat(ErrorBytes.read(bytes("java.lang.Throwable[]", false, null), "there"))
                .isInstanceOf(RemoteFailure.class);
    }

    @Test
    void anErrorOfTheJvmStaysOne() {
        assertThat(there(new OutOfMemoryError("heap")))
                .isExactlyInstanceOf(OutOfMemoryError.class)
                .hasMessage("heap");
        assertThat(ErrorBytes.read(bytes("com.example.Fatal", true, "why"), "there"))
                .isExactlyInstanceOf(Error.class)
                .hasMessage("com.example.Fatal: why");
    }

    @Test
    void longErrorsAreCutOff() {
        Throwable chain = new IOException("last");
        for (int i = 0; i < 100; i++) {
            chain = new IOException("m".repeat(100_000), chain);
        }
        byte[] bytes = ErrorBytes.write(chain);
        assertThat(bytes.length).isLessThan(200_000);
        assertThat(ErrorBytes.read(bytes, "there")).hasMessageStartingWith("mmm");
    }

    @Test
    void causesThatGoInACircleEnd() {
        IOException one = new IOException("one");
        one.initCause(new IOException("two", one));
        assertThat(there(one).getCause().getCause()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"message", "cause", "stack", "null stack", "holes in the stack", "equals", "init", "own stack"})
    void aHostileErrorIsWrittenAndRead(String trap) {
        assertThat((Object) there(new Hostile(trap))).isNotNull();
        assertThat(there(new IOException("outer", new Hostile(trap)))).hasMessage("outer");
        assertThat((Object) there(new Hostile(trap, new IOException("inner")))).isNotNull();
    }

    @Test
    void anErrorWhoseMakingThrowsIsShownAsAnother() {
        assertThat(ErrorBytes.read(bytes(Unmakeable.class.getName(), false, "why"), "there"))
                .isInstanceOf(RemoteFailure.class)
                .hasMessageContaining("why");
        assertThat(ErrorBytes.read(bytes(Unreadable.class.getName(), false, "why"), "there"))
                .isInstanceOf(RemoteFailure.class)
                .hasMessageContaining("why");
    }

    @Property(tries = 2_000)
    void otherBytesAreReadOrDamaged(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = ErrorBytes.write(new IOException("outer", new IllegalStateException("inner")));
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        byte[] part = random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
        try {
            assertThat(ErrorBytes.read(part, "there")).isNotNull();
        } catch (DamagedBlock e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    @Test
    void noErrorIsDamaged() {
        assertThatThrownBy(() -> ErrorBytes.read(new byte[] {0}, "there")).isInstanceOf(DamagedBlock.class);
    }

    private static byte[] bytes(String type, boolean isError, String message) {
        ByteWriter out = new ByteWriter(64);
        out.putNumber(1);
        out.putText(type);
        out.putByte(isError ? 1 : 0);
        out.putByte(message == null ? 0 : 1);
        if (message != null) {
            out.putText(message);
        }
        out.putNumber(0);
        return out.toBytes();
    }

    public static final class WithoutMessage extends Exception {
        private static final long serialVersionUID = 1L;
    }

    public static final class WithMessageOfItsOwn extends Exception {
        private static final long serialVersionUID = 1L;

        public WithMessageOfItsOwn(int code) {
            super("code " + code);
        }
    }

    public static final class Unmakeable extends Exception {
        private static final long serialVersionUID = 1L;

        public Unmakeable(String message) {
            super(message);
            throw new AssertionError("cannot be made");
        }
    }

    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        public Unreadable(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            throw new StackOverflowError("cannot be read");
        }
    }

    /** One of its methods does what it should not, here and where it is made again. */
    public static final class Hostile extends Exception {
        private static final long serialVersionUID = 1L;

        private final String trap;

        public Hostile(String trap) {
            super(trap);
            this.trap = trap;
        }

        Hostile(String trap, Throwable cause) {
            super(trap, cause);
            this.trap = trap;
        }

        private void spring(String which) {
            if (which.equals(trap)) {
                throw new StackOverflowError("sprung: " + which);
            }
        }

        @Override
        public String getMessage() {
            spring("message");
            return super.getMessage();
        }

        @Override
        public synchronized Throwable getCause() {
            spring("cause");
            return super.getCause();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            spring("stack");
            StackTraceElement[] stack = super.getStackTrace();
            if (trap.equals("holes in the stack")) {
                stack[0] = null;
            }
            return trap.equals("null stack") ? null : stack;
        }

        @Override
        public void setStackTrace(StackTraceElement[] stack) {
            spring("own stack");
            super.setStackTrace(stack);
        }

        @Override
        public synchronized Throwable initCause(Throwable cause) {
            spring("init");
            return super.initCause(cause);
        }

        @Override
        public boolean equals(Object other) {
            spring("equals");
            return true;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }
}
