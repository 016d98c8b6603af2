/** What this process is connected to: standard output and standard error, who may stop it, and its exit status. Start with {@code Console}. */
package dev.workpool.cli.console;
