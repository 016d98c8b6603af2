package dev.workpool.cli.job;

import dev.workpool.cli.text.Escapes;
import dev.workpool.cli.text.Names;
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
 * @param occurrence 1 for the first of several inputs of that name, 2 for the next; counted for a job log only
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

    /** What messages and tags call it: its values with blanks between them. */
    public String text() {
        return String.join(" ", values);
    }
}
