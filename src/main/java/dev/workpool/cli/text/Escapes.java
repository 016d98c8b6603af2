package dev.workpool.cli.text;

/**
 * Names as fields of a tab-separated line, and back. A field is valid UTF-8 without control characters, whatever the name
 * is. The escapes are those that {@code printf %b} of any shell turns into bytes again: {@code \\}, {@code \t}, {@code \n},
 * {@code \r}, and a zero with three octal digits for any other control character or byte that is no UTF-8.
 */
public final class Escapes {
    private static final int OCTAL_DIGITS = 3;

    private Escapes() {}

    public static String escape(String name) {
        StringBuilder field = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> field.append("\\\\");
                case '\t' -> field.append("\\t");
                case '\n' -> field.append("\\n");
                case '\r' -> field.append("\\r");
                default -> {
                    if (isControl(c) || isEscapedByte(c)) {
                        field.append("\\0%03o".formatted(c & 0xFF));
                    } else {
                        field.appendCodePoint(c);
                    }
                }
            }
        });
        return field.toString();
    }

    /**
     * The name that was escaped.
     *
     * @throws IllegalArgumentException if {@link #escape} makes no such field
     */
    public static String unescape(String field) {
        StringBuilder name = new StringBuilder(field.length());
        int i = 0;
        while (i < field.length()) {
            char c = field.charAt(i++);
            if (isControl(c)) {
                throw notAField(field);
            }
            if (c != '\\') {
                name.append(c);
                continue;
            }
            switch (i < field.length() ? field.charAt(i++) : ' ') {
                case '\\' -> name.append('\\');
                case 't' -> name.append('\t');
                case 'n' -> name.append('\n');
                case 'r' -> name.append('\r');
                case '0' -> {
                    name.append(Names.ofByte(octal(field, i)));
                    i += OCTAL_DIGITS;
                }
                default -> throw notAField(field);
            }
        }
        return name.toString();
    }

    private static int octal(String field, int from) {
        int value = 0;
        for (int i = from; i < from + OCTAL_DIGITS; i++) {
            int digit = i < field.length() ? field.charAt(i) - '0' : -1;
            if (digit < 0 || digit > 7) {
                throw notAField(field);
            }
            value = 8 * value + digit;
        }
        if (value > 0xFF) {
            throw notAField(field);
        }
        return value;
    }

    private static boolean isControl(int c) {
        return c < ' ' || c == 0x7F;
    }

    private static boolean isEscapedByte(int c) {
        return c <= 0xFFFF && Names.isEscape((char) c);
    }

    private static IllegalArgumentException notAField(String field) {
        return new IllegalArgumentException("not an escaped name: " + field);
    }
}
