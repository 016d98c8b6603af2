package dev.workpool.cli.text;

import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Names are bytes. Here they travel as strings that lose none of them: UTF-8, where a byte that is no UTF-8 becomes a lone
 * surrogate from U+DC80 to U+DCFF, as Python does it. {@link NativePaths} and {@link dev.workpool.cli.Arguments} get them past the JVM.
 */
public final class Names {
    private static final int ESCAPE = 0xDC00;

    private Names() {}

    /** A name of its bytes. */
    public static String decode(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0) {
                StringBuilder name = new StringBuilder(to - from);
                decode(ByteBuffer.wrap(bytes, from, to - from), StandardCharsets.UTF_8.newDecoder(), true, name);
                return name.toString();
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }

    /** Decodes what there is of a stream, leaving an incomplete last character in the buffer unless it is the end. */
    public static void decode(ByteBuffer bytes, CharsetDecoder utf8, boolean end, StringBuilder to) {
        CharBuffer chars = CharBuffer.allocate(Math.min(bytes.remaining(), 8192) + 2);
        utf8.reset();
        while (true) {
            CoderResult result = utf8.decode(bytes, chars, end);
            to.append(chars.flip());
            chars.clear();
            if (result.isError()) {
                for (int i = 0; i < result.length(); i++) {
                    to.append((char) (ESCAPE + (bytes.get() & 0xFF)));
                }
            } else if (result.isUnderflow()) {
                return;
            }
        }
    }

    /** The bytes of a name. */
    public static byte[] encode(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (b == '?') { // which an escape becomes as well
                return hasEscapes(name) ? encodeEscaped(name) : bytes;
            }
        }
        return bytes;
    }

    /** Writes a name where another process is to read it. */
    public static void write(DataOutput out, String name) throws IOException {
        byte[] bytes = encode(name);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Reads what {@link #write} wrote. */
    public static String read(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return decode(bytes, 0, bytes.length);
    }

    /** Whether a char stands for a byte that is no UTF-8. Only meaningful where it is no half of a pair. */
    static boolean isEscape(char c) {
        return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF;
    }

    /** The char that stands for a byte that is ASCII or no UTF-8. */
    static char ofByte(int b) {
        return (char) (b < 0x80 ? b : ESCAPE + b);
    }

    public static boolean isAscii(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Whether the JVM passes this string to another process as the bytes that it stands for. */
    public static boolean survivesExec(String s) {
        if (isAscii(s)) {
            return true;
        }
        // JDK 17 encodes arguments in the default character set, later ones in the locale's.
        return isUtf8(Charset.defaultCharset().name())
                && isUtf8(System.getProperty("sun.jnu.encoding", ""))
                && !hasEscapes(s);
    }

    private static boolean isUtf8(String charset) {
        return "UTF-8".equalsIgnoreCase(charset) || "UTF8".equalsIgnoreCase(charset);
    }

    private static boolean hasEscapes(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (Character.isHighSurrogate(s.charAt(i))
                    && i + 1 < s.length()
                    && Character.isLowSurrogate(s.charAt(i + 1))) {
                i++;
            } else if (isEscape(s.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static byte[] encodeEscaped(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length() + 16);
        name.codePoints().forEach(c -> {
            if (c <= 0xFFFF && isEscape((char) c)) {
                bytes.write(c - ESCAPE);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
