/** The pool as an {@code ExecutorService}, beside the JDK's. */
package dev.workpool.functional.executor;
