/** {@code workpool run}. Start with {@code RunSetup}. */
package dev.workpool.cli.run;
