/** To cancel jobs and batches, before they begin and while they run. */
package dev.workpool.functional.cancel;
