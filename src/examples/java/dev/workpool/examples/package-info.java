/** What the README shows, compiled and run with the tests. */
package dev.workpool.examples;
