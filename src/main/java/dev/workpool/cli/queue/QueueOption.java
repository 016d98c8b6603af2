package dev.workpool.cli.queue;

import picocli.CommandLine.Option;

/** The option that says which queue of the store a command is about. */
final class QueueOption {
    @Option(names = "--queue", paramLabel = "NAME", description = "The queue. Default: default.")
    private String name = "default";

    String name() {
        return name;
    }
}
