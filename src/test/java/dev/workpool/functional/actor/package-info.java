/** The pool as an actor among others: its protocol and the thread that it shares. */
package dev.workpool.functional.actor;
