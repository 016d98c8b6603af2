package dev.workpool.cli;

import dev.workpool.cli.console.ExitStatus;
import java.util.List;

/** What {@code mvn compile exec:java} runs on a new checkout: the command line, and then what to try next. */
public final class FirstRun {
    /** The commands stand in the README as well. */
    static final List<String> NEXT = List.of(
            "Try next, after mvn -q -DskipTests package:",
            "  target/workpool run --exec 'wc -l {}' ::: *.md pom.xml        # a command for each file",
            "  target/workpool queue add --store jobs.db --exec 'wc -l {}' ::: *.md pom.xml",
            "  target/workpool queue work --store jobs.db --until-empty      # survives kill -9",
            "  mvn -q test-compile exec:java@example -Dexample=QuickStart    # a pool in a program");

    private FirstRun() {}

    /**
     * Runs the command line, says what to try next if it succeeded, and exits with its status.
     *
     * @param arguments of the command line
     */
    public static void main(String[] arguments) {
        int status = Main.start(arguments);
        if (status == ExitStatus.OK) {
            NEXT.forEach(System.err::println);
        }
        System.exit(status);
    }
}
