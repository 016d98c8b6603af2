package dev.workpool.cli.operation;

import dev.workpool.cli.job.Input;
import java.util.List;

/**
 * What a replacement string stands for, in GNU parallel's words.
 *
 * @param kind what becomes of a value
 * @param position which value: 1 is the first, −1 the last; 0 for all of them, with blanks between them
 */
record Replacement(Kind kind, int position) {

    /** All that there are, for messages. */
    static final String ALLOWED = "{} {.} {/} {//} {/.} {#} {%}, or with a position as in {2} or {2/.}";

    /** What becomes of a value. */
    enum Kind {
        VALUE(""),
        WITHOUT_EXTENSION("."),
        LAST_NAME("/"),
        FOLDER("//"),
        LAST_NAME_WITHOUT_EXTENSION("/."),
        NUMBER("#"),
        WORKER("%");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }

        /** Whether it tells of the job rather than of its values. */
        private boolean isOfTheJob() {
            return this == NUMBER || this == WORKER;
        }
    }

    /** Reads what is between the braces; null if that is no replacement string. */
    static Replacement parse(String text) {
        int digits = text.startsWith("-") ? 1 : 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        int position = 0;
        if (digits > 0) {
            try {
                position = Integer.parseInt(text.substring(0, digits));
            } catch (NumberFormatException e) {
                return null;
            }
            if (position == 0) {
                return null;
            }
        }
        for (Kind kind : Kind.values()) {
            if (kind.suffix.equals(text.substring(digits))) {
                return position != 0 && kind.isOfTheJob() ? null : new Replacement(kind, position);
            }
        }
        return null;
    }

    /**
     * What it is replaced with: one text, or one for each value if it stands for all, or none if there is no such value.
     *
     * @param worker which of the workers runs the job, from 1 on
     */
    List<String> of(Input input, int worker) {
        if (kind == Kind.NUMBER) {
            return List.of(String.valueOf(input.number()));
        }
        if (kind == Kind.WORKER) {
            return List.of(String.valueOf(worker));
        }
        List<String> values = input.values();
        if (position == 0) {
            return values.stream().map(this::apply).toList();
        }
        int index = position > 0 ? position - 1 : values.size() + position;
        return index >= 0 && index < values.size() ? List.of(apply(values.get(index))) : List.of();
    }

    /** The replacement string, without its braces. Tells two of them apart at less cost than a record's own methods, which are made at run time. */
    String text() {
        return position == 0 ? kind.suffix : position + kind.suffix;
    }

    private String apply(String value) {
        return switch (kind) {
            case WITHOUT_EXTENSION -> withoutExtension(value);
            case LAST_NAME -> lastName(value);
            case LAST_NAME_WITHOUT_EXTENSION -> withoutExtension(lastName(value));
            case FOLDER -> folder(value);
            default -> value;
        };
    }

    private static String withoutExtension(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') ? path.substring(0, dot) : path;
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** As dirname(1) tells it. */
    private static String folder(String path) {
        int end = endWithoutSlashes(path, path.length());
        int slash = path.lastIndexOf('/', end - 1);
        if (slash < 0) {
            return path.startsWith("/") ? "/" : ".";
        }
        end = endWithoutSlashes(path, slash);
        return end == 0 ? "/" : path.substring(0, end);
    }

    private static int endWithoutSlashes(String path, int from) {
        int end = from;
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return end;
    }
}
