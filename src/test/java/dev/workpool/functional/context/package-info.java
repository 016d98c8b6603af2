/** What a job finds on the thread that runs it, and what it leaves there. */
package dev.workpool.functional.context;
