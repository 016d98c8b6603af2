package dev.workpool.cluster.internal.wire;

import dev.workpool.cluster.job.RemoteFailure;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Errors as bytes: class, message, stack, causes and what these suppress, of bounded size. At the other end an error of the same class is
 * made, if it can be, so that whoever looks for a class finds it. Both ways call users' code: messages, constructors.
 */
public final class ErrorBytes {
    private static final int LONGEST_MESSAGE = 8_000;
    private static final int MOST_FRAMES = 64;
    private static final int MOST_CAUSES = 8;
    private static final int MOST_SUPPRESSED = 16;

    private ErrorBytes() {}

    /** Writes an error, its causes, and what each of these suppresses, without its own causes. Never throws what the error's own methods do. */
    public static byte[] write(Throwable error) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = error; each != null && chain.size() < MOST_CAUSES; each = cause(each)) {
            Throwable next = each;
            if (chain.stream().anyMatch(before -> before == next)) { // not by equals, which is theirs
                break;
            }
            chain.add(each);
        }
        ByteWriter out = new ByteWriter(1024);
        out.putNumber(chain.size());
        chain.forEach(each -> putOne(out, each));
        putSuppressed(out, chain); // last, where a node of an older version does not look
        return out.toBytes();
    }

    private static void putSuppressed(ByteWriter out, List<Throwable> chain) {
        List<Integer> owners = new ArrayList<>();
        List<Throwable> suppressed = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            for (Throwable each : chain.get(i).getSuppressed()) { // final, and never throws
                if (suppressed.size() < MOST_SUPPRESSED) {
                    owners.add(i);
                    suppressed.add(each);
                }
            }
        }
        if (suppressed.isEmpty()) {
            return; // the bytes are those of an older version
        }
        out.putNumber(suppressed.size());
        for (int i = 0; i < suppressed.size(); i++) {
            out.putNumber(owners.get(i));
            putOne(out, suppressed.get(i));
        }
    }

    private static Throwable cause(Throwable error) {
        try {
            return error.getCause();
        } catch (Throwable unreadable) {
            return null;
        }
    }

    private static void putOne(ByteWriter out, Throwable error) {
        out.putText(error.getClass().getName());
        out.putByte(error instanceof Error ? 1 : 0);
        String message = message(error);
        out.putByte(message == null ? 0 : 1);
        if (message != null) {
            out.putText(message);
        }
        StackTraceElement[] stack = stack(error);
        int frames = Math.min(stack.length, MOST_FRAMES);
        out.putNumber(frames);
        for (int i = 0; i < frames; i++) {
            out.putText(stack[i].getClassName());
            out.putText(stack[i].getMethodName());
            out.putText(stack[i].getFileName() == null ? "" : stack[i].getFileName());
            out.putNumber(Math.max(0, stack[i].getLineNumber() + 2L)); // −2 is a native method
        }
    }

    private static String message(Throwable error) {
        try {
            String message = error.getMessage();
            return message == null || message.length() <= LONGEST_MESSAGE
                    ? message
                    : message.substring(0, LONGEST_MESSAGE) + "...";
        } catch (Throwable unreadable) {
            return "(its message cannot be had)";
        }
    }

    private static StackTraceElement[] stack(Throwable error) {
        StackTraceElement[] stack = null;
        try {
            stack = error.getStackTrace();
        } catch (Throwable unreadable) {
            // it has none, then
        }
        return stack == null || Arrays.asList(stack).contains(null) ? new StackTraceElement[0] : stack;
    }

    /**
     * Makes the error here.
     *
     * @param bytes what {@link #write} returned
     * @param node where it comes from, for its stack
     * @throws dev.workpool.codec.bytes.DamagedBlock if it is none
     */
    public static Throwable read(byte[] bytes, String node) {
        ByteReader in = new ByteReader(bytes);
        List<Throwable> chain = new ArrayList<>();
        for (long left = in.getNumber(1, bytes.length); left > 0; left--) {
            chain.add(getOne(in, node));
        }
        if (!in.isAtEnd()) { // a node of an older version ends here
            for (long left = in.getNumber(0, bytes.length); left > 0; left--) {
                Throwable owner = chain.get((int) in.getNumber(0, chain.size() - 1));
                owner.addSuppressed(getOne(in, node));
            }
        }
        for (int i = chain.size() - 1; i > 0; i--) {
            try {
                chain.get(i - 1).initCause(chain.get(i));
            } catch (Throwable hasOneOrTakesNone) {
                chain.get(i - 1).addSuppressed(chain.get(i));
            }
        }
        return chain.get(0);
    }

    private static Throwable getOne(ByteReader in, String node) {
        String type = in.getText();
        boolean isError = in.getByte() == 1;
        String message = in.getByte() == 1 ? in.getText() : null;
        int frames = in.getSize();
        StackTraceElement[] stack = new StackTraceElement[frames + 1];
        for (int i = 0; i < frames; i++) {
            String className = in.getText();
            String method = in.getText();
            String file = in.getText();
            stack[i] =
                    new StackTraceElement(className, method, file.isEmpty() ? null : file, (int) (in.getNumber() - 2));
        }
        stack[frames] = new StackTraceElement("(on node " + node + ")", "", null, -1);
        Throwable error = made(type, message);
        if (error == null) {
            error = isError
                    ? new Error(message == null ? type : type + ": " + message)
                    : new RemoteFailure(type, message);
        }
        try {
            error.setStackTrace(stack);
        } catch (Throwable keepsItsOwn) {
            // it is of this node, which is better than none
        }
        return error;
    }

    /** Null if there is no such class here, or it has no constructor that gives the same message. */
    private static Throwable made(String type, String message) {
        try {
            Class<?> found = Class.forName(type, false, loader());
            if (!Throwable.class.isAssignableFrom(found)) {
                return null;
            }
            Throwable error = made(found, message);
            String own = error.getMessage();
            return own == null ? (message == null ? error : null) : (own.equals(message) ? error : null);
        } catch (Throwable t) { // of its constructor or its message, too
            return null; // it is shown as another, which names it
        }
    }

    private static Throwable made(Class<?> type, String message) throws ReflectiveOperationException {
        try {
            return (Throwable) type.getConstructor(String.class).newInstance(message);
        } catch (NoSuchMethodException e) {
            return type == AssertionError.class
                    ? new AssertionError(message) // takes any object as its message
                    : (Throwable) type.getConstructor().newInstance();
        }
    }

    private static ClassLoader loader() {
        ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
        return ofThread == null ? ErrorBytes.class.getClassLoader() : ofThread;
    }
}
