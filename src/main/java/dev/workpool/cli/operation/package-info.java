/** What is done with each input: hashing a file, running a command, fetching a URL. Start with {@code Operation}. */
package dev.workpool.cli.operation;
