/**
 * One program: random pools with hostile users, against a model of what the documents promise. Read {@code PoolFuzzTest}, then {@code Lane}, {@code Round},
 * {@code Scenario} (what is decided beforehand), {@code Steps} (what is done) and {@code Model} (what is to be seen).
 */
package dev.workpool.fuzz;
