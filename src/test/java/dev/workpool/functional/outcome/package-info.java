/** Every job of a batch, and every single job, comes back once, whatever happens. */
package dev.workpool.functional.outcome;
