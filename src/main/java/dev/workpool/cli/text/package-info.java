/** Names as bytes, durations, and other text that people write and read. Knows nothing of runs. Start with {@code Names}. */
package dev.workpool.cli.text;
