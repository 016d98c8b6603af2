/** How a pool starts and ends, alone, with its actor system and with the process. */
package dev.workpool.functional.lifecycle;
