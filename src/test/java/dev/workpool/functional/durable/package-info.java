/** Durable queues as a whole: what becomes of jobs when databases, networks and processes fail. */
package dev.workpool.functional.durable;
