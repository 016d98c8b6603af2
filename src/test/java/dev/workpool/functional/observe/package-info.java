/** What a pool shows of itself. */
package dev.workpool.functional.observe;
