package dev.workpool.cli.console;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * What a command of ours reads and writes, and who may stop it.
 *
 * @param inIsTerminal whether somebody would have to type what is read from {@code in}
 * @param outIsPipe whether the other side may close {@code out}, or show it where progress does
 * @param outIsTerminal whether {@code out} shows up where progress does
 * @param errIsTerminal whether a line of {@code err} can be overwritten
 */
public record Streams(
        InputStream in,
        OutputStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsPipe,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Stop stop) {}
