/** Where the inputs of a run come from. Start with {@code InputSource}. */
package dev.workpool.cli.input;
