/** Groups of options that commands share, with what they allow. Start with {@code PolicyOptions}. */
package dev.workpool.cli.options;
