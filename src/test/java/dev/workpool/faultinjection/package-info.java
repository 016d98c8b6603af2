/** Puts small faults into the sources, one at a time, and sees that tests notice. */
package dev.workpool.faultinjection;
