/** How many workers there are, and how many jobs may wait for them. */
package dev.workpool.functional.scale;
