/** Ways to use the pool, one a file, compiled and run by the tests; the README lists them. */
package dev.workpool.examples;
