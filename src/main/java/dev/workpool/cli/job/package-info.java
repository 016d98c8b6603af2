/** A job of a run, how its attempts ended, and when that ends the run. Start with {@code Job}. */
package dev.workpool.cli.job;
