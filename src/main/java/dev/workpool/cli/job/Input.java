package dev.workpool.cli.job;

import dev.workpool.cli.text.Escapes;
import dev.workpool.cli.text.Names;
import dev.workpool.cli.text.NativePaths;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One input of a run.
 *
 * @param name what the user calls it, as {@link Names} makes strings of bytes; different inputs have different names
 * @param values what replacement strings are filled with: the name alone, or a value for each input source or column
 * @param path the file of that name where walking a folder found it; null for other inputs
 * @param problem why it cannot be used; null if nothing is known against it
 * @param occurrence 1 for the first of several inputs of that name, 2 for the next; counted for a job log only, and 0 if nobody can
 * @param number which input of the run it is, from 1 on; 0 if nobody counts
 */
public record Input(String name, List<String> values, Path path, String problem, int occurrence, long number) {

    public static Input of(String name) {
        return new Input(name, List.of(name), null, null, 1, 0);
    }

    public static Input file(String name, Path path) {
        return new Input(name, List.of(name), path, null, 1, 0);
    }

    public static Input unusable(String name, String problem) {
        return new Input(name, List.of(name), null, problem, 1, 0);
    }

    /**
     * One input of several sources' inputs. Its name has their names with tabs between them, escaped where one has a tab or the like
     * itself, since no two combinations may have the same.
     */
    public static Input combined(List<Input> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return new Input(
                parts.stream().map(part -> Escapes.escape(part.name)).collect(Collectors.joining("\t")),
                parts.stream().flatMap(part -> part.values.stream()).toList(),
                null,
                parts.stream()
                        .map(Input::problem)
                        .filter(problem -> problem != null)
                        .findFirst()
                        .orElse(null),
                1,
                0);
    }

    public Input withValues(List<String> columns) {
        return new Input(name, columns, path, problem, occurrence, number);
    }

    public Input withOccurrence(int which) {
        return new Input(name, values, path, problem, which, number);
    }

    public Input withNumber(long which) {
        return new Input(name, values, path, problem, occurrence, which);
    }

    /**
     * Writes it for a process that does the job. That process may have been started in another folder.
     *
     * @throws IOException if this one's folder is gone, and the file is named as of there
     */
    public void write(DataOutput out) throws IOException {
        Names.write(out, name);
        out.writeInt(values.size());
        for (String value : values) {
            Names.write(out, value);
        }
        out.writeBoolean(path != null);
        if (path != null) {
            Names.write(out, NativePaths.absolute(name));
        }
        out.writeBoolean(problem != null);
        if (problem != null) {
            Names.write(out, problem);
        }
        out.writeLong(number);
    }

    /** Reads what {@link #write} wrote. Which one of several of that name it is has been left behind. */
    public static Input read(DataInput in) throws IOException {
        String name = Names.read(in);
        String[] values = new String[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Names.read(in);
        }
        Path path = in.readBoolean() ? NativePaths.of(Names.read(in)) : null;
        String problem = in.readBoolean() ? Names.read(in) : null;
        return new Input(name, List.of(values), path, problem, 1, in.readLong());
    }

    /** What messages and tags call it: its values with blanks between them. */
    public String text() {
        return String.join(" ", values);
    }
}
